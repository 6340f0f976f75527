import { readFile } from 'node:fs/promises';
import { asNode, nodeProblems } from './cluster-nodes.js';
import { brokenRelations } from './relations.js';
import { configSchema, type Config } from './schema.js';

/** The configuration is wrong; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const defaults = configSchema.parse({});

/** Checks a configuration and fills in the defaults. @throws ConfigError naming every problem at once */
export function readConfig(value: unknown, source: string): Config {
  const result = configSchema.safeParse(value);
  const problems = [
    ...(result.success ? [] : result.error.issues.map(problemOf)),
    ...brokenRelations(value, defaults),
    ...nodeProblems(value, defaults),
  ];
  if (result.success && problems.length === 0) return result.data;
  const amount = problems.length === 1 ? '1 problem' : `${String(problems.length)} problems`;
  const list = problems.map((problem) => `  ${problem}`).join('\n');
  throw new ConfigError(`${amount} in ${source}:\n${list}`);
}

function problemOf({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return `${path.length === 0 ? '(whole file)' : path.map(String).join('.')}: ${message}`;
}

/**
 * The configuration in a JSON file, as the node of this id has it, with what the
 * environment overrides.
 * @param environment DATABASE_URL and REDIS_URL take the place of postgres.url and
 *   redis.url; NODE_ID that of `nodeId`. Empty is as good as absent.
 * @param nodeId one of cluster.nodes; undefined: NODE_ID, else the node section as it is
 * @throws ConfigError
 */
export async function loadConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
  nodeId: string | undefined = environment['NODE_ID'],
): Promise<Config> {
  const config = readConfig(await readJson(file), file);
  return withUrls(nodeId === undefined || nodeId === '' ? config : listedNode(config, nodeId, file), environment);
}

/** @throws ConfigError naming the nodes there are */
function listedNode(config: Config, nodeId: string, file: string): Config {
  const listed = asNode(config, nodeId);
  if (listed !== undefined) return listed;
  const ids = config.cluster.nodes.map(({ id }) => id).join(', ');
  throw new ConfigError(
    `cluster.nodes in ${file} lists no node ${JSON.stringify(nodeId)}, ${ids === '' ? 'nor any other' : `but ${ids}`}`,
  );
}

function withUrls(config: Config, environment: Readonly<Record<string, string | undefined>>): Config {
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = environment;
  const names = [...(databaseUrl === '' ? [] : ['DATABASE_URL']), ...(redisUrl === '' ? [] : ['REDIS_URL'])];
  if (names.length === 0) return config;
  const postgres = databaseUrl === '' ? config.postgres : { ...config.postgres, url: databaseUrl };
  const redis = redisUrl === '' ? config.redis : { ...config.redis, url: redisUrl };
  return readConfig({ ...config, postgres, redis }, names.join(' and '));
}

async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${file} cannot be read as JSON: ${messageOf(cause)}`, { cause });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const problem = isAbsent ? `there is no file ${file}` : `${file} cannot be read: ${messageOf(cause)}`;
    throw new ConfigError(problem, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { readFile } from 'node:fs/promises';
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
  const problems = [...(result.success ? [] : result.error.issues.map(problemOf)), ...brokenRelations(value, defaults)];
  if (result.success && problems.length === 0) return result.data;
  const list = problems.map((problem) => `  ${problem}`).join('\n');
  throw new ConfigError(`${source} has ${String(problems.length)} problem(s):\n${list}`);
}

function problemOf({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return `${path.length === 0 ? '(whole file)' : path.map(String).join('.')}: ${message}`;
}

/**
 * The configuration in a JSON file, with what the environment overrides.
 * @param environment DATABASE_URL takes the place of postgres.url
 * @throws ConfigError
 */
export async function loadConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Config> {
  const config = readConfig(await readJson(file), file);
  const url = environment['DATABASE_URL'];
  return url === undefined || url === ''
    ? config
    : readConfig({ ...config, postgres: { ...config.postgres, url } }, 'DATABASE_URL');
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

import { readFile } from 'node:fs/promises';
import { configSchema, type Config } from './schema.js';

/** The configuration is wrong; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Checks a configuration and fills in the defaults. @throws ConfigError naming every problem at once */
export function readConfig(value: unknown, source: string): Config {
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    return `  ${path === '' ? '(whole file)' : path}: ${issue.message}`;
  });
  throw new ConfigError(`${source} has ${String(problems.length)} problem(s):\n${problems.join('\n')}`);
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

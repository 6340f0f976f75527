import { readConfig } from './load.js';
import type { Config } from './schema.js';

/** What a file has to say for this configuration: the settings that are not their defaults, in their sections. */
export function configDifferences(config: Config): Readonly<Record<string, unknown>> {
  return differences(config, readConfig({}, 'defaults')) ?? {};
}

/** Undefined when there are none. Lists are taken or left as a whole. */
function differences(value: object, usual: object): Record<string, unknown> | undefined {
  const different = Object.entries(value).flatMap(([key, given]: [string, unknown]) => {
    const other: unknown = Reflect.get(usual, key);
    if (isSection(given) && isSection(other)) {
      const inside = differences(given, other);
      return inside === undefined ? [] : [[key, inside] as const];
    }
    return JSON.stringify(given) === JSON.stringify(other) ? [] : [[key, given] as const];
  });
  return different.length === 0 ? undefined : Object.fromEntries(different);
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { z } from 'zod';
import { configSchema, type Config } from './schema.js';
import { readConfig } from './load.js';

/** The configuration table of the README, from the schema itself: key, default, why. */
export function configTable(): string {
  const defaults: Config = readConfig({}, 'defaults');
  const rows = Object.entries(configSchema.shape).flatMap(([section, schema]) => {
    const value: unknown = Reflect.get(defaults, section);
    const shape = sectionShape(schema);
    if (shape === undefined) return [row(section, value, schema)];
    return Object.entries(shape).map(([key, field]) =>
      row(`${section}.${key}`, isObject(value) ? value[key] : undefined, field),
    );
  });
  return ['| key | default | what and why |', '|---|---|---|', ...rows].join('\n');
}

function row(key: string, value: unknown, schema: z.core.$ZodType): string {
  const description = z.globalRegistry.get(schema)?.description ?? '';
  return `| \`${key}\` | \`${JSON.stringify(value)}\` | ${description} |`;
}

function sectionShape(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  if (schema instanceof z.ZodPrefault) return sectionShape(schema.def.innerType);
  return schema instanceof z.ZodObject ? schema.shape : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

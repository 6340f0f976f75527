import { z } from 'zod';
import { cluster } from './sections/cluster.js';
import { grpc } from './sections/grpc.js';
import { health } from './sections/health.js';
import { http } from './sections/http.js';
import { node } from './sections/node.js';
import { postgres } from './sections/postgres.js';
import { redis } from './sections/redis.js';
import { runtime } from './sections/runtime.js';
import { screening } from './sections/screening.js';
import { streams } from './sections/streams.js';

/**
 * Everything an operator can set. Units are in the names; a description says why the
 * default is what it is, and becomes the table in the README.
 */
export const configSchema = z.strictObject({
  node: node.prefault({}),
  cluster: cluster.prefault({}),
  redis: redis.prefault({}),
  postgres: postgres.prefault({}),
  runtime: runtime.prefault({}),
  screening: screening.prefault({}),
  streams: streams.prefault({}),
  grpc: grpc.prefault({}),
  http: http.prefault({}),
  health: health.prefault({}),
  demoData: z
    .boolean()
    .default(false)
    .describe('Import two auditoriums and a few screenings when the database has none'),
});

/** A complete, checked configuration. */
export type Config = z.output<typeof configSchema>;
/** What a file may say; every key has a default. */
export type ConfigInput = z.input<typeof configSchema>;

import { z } from 'zod';
import { ms, serverUrl, whole } from './fields.js';

/** Where nodes find each other. */
export const redis = z.strictObject({
  url: serverUrl(/^rediss?:\/\//, 'redis:// or rediss://')
    .nullable()
    .default(null)
    .describe('Makes this node part of a cluster; null leaves it alone. `REDIS_URL` overrides it'),
  keyPrefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
    .default('cinema')
    .describe('Before every key and channel, for a Redis that others use too. Nodes of one cluster have the same'),
  connectTimeoutMs: ms(100, 60_000).default(1_000).describe('For opening a connection'),
  commandTimeoutMs: ms(50, 60_000)
    .default(500)
    .describe('A command Redis has not answered by then has failed; a half-open socket would hang for ever'),
  reconnectMaxMs: ms(50, 60_000).default(1_000).describe('Longest pause between attempts to connect'),
  publishesInFlightMax: whole(1, 1_000_000)
    .default(10_000)
    .describe('Changes Redis has not acknowledged; more are not sent to other nodes, which ask the owner instead'),
  cacheTtlMs: ms(100, 3_600_000)
    .default(5_000)
    .describe('A cached seat map or list of bookings lives this long even if its invalidation was lost'),
  cacheValueBytesMax: whole(1_024, 16_777_216)
    .default(262_144)
    .describe('Larger values are not cached: a seat map of 200,000 seats fits'),
  rememberedReadsMax: whole(100, 10_000_000)
    .default(50_000)
    .describe(
      'Screenings and buyers this node remembers, so that whoever reads through it is shown nothing older than before; about 100 bytes each',
    ),
});

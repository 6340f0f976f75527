import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** How a client repeats a call by itself. */
export interface RetryPolicy {
  /** The first try included. */
  readonly attemptsMax: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly backoffMultiplier: number;
}

/** What ships with the API, so that the benchmark's clients do what everybody's do. */
const shipped = new URL('../../../proto/cinema/boxoffice/v1/service_config.json', import.meta.url);

const SEAT_SERVICE = 'cinema.boxoffice.v1.SeatService';

const seconds = z
  .string()
  .regex(/^[0-9.]+s$/)
  .transform((text) => Number.parseFloat(text) * 1000);

const serviceConfig = z.object({
  methodConfig: z.array(
    z.object({
      name: z.array(z.object({ service: z.string(), method: z.string().optional() })),
      retryPolicy: z
        .object({
          maxAttempts: z.number(),
          initialBackoff: seconds,
          maxBackoff: seconds,
          backoffMultiplier: z.number(),
          retryableStatusCodes: z.tuple([z.literal('UNAVAILABLE')]),
        })
        .optional(),
    }),
  ),
});

/** The policy of SeatService's methods. @throws when the file names none, or would retry something else than UNAVAILABLE */
export async function shippedRetryPolicy(): Promise<RetryPolicy> {
  const { methodConfig } = serviceConfig.parse(JSON.parse(await readFile(shipped, 'utf8')));
  const policy = methodConfig.find(({ name }) =>
    name.some(({ service, method }) => service === SEAT_SERVICE && method === undefined),
  )?.retryPolicy;
  if (policy === undefined) throw new Error('the service config has no retry policy for SeatService');
  return {
    attemptsMax: policy.maxAttempts,
    initialBackoffMs: policy.initialBackoff,
    maxBackoffMs: policy.maxBackoff,
    backoffMultiplier: policy.backoffMultiplier,
  };
}

/** Before the try that follows the `tries`-th, 1 or more. With a jitter of a fifth, as grpc-js has it. */
export function backoffMs(policy: RetryPolicy, tries: number, fraction: number): number {
  const { initialBackoffMs, maxBackoffMs, backoffMultiplier } = policy;
  return Math.min(maxBackoffMs, initialBackoffMs * backoffMultiplier ** (tries - 1)) * (0.8 + 0.4 * fraction);
}

/** Where the adapters say what happened to them. Must not throw. */
export type RedisLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** What they count; the telemetry folder turns it into metrics. */
export interface RedisProbe {
  /**
   * A message went to the subscribers of this node only.
   * - `away`: there is no connection.
   * - `full`: as many as may be wait for Redis' answer.
   * - `failed`: Redis refused it, or did not answer in time; others may have got it.
   */
  publishLost(why: 'away' | 'full' | 'failed'): void;
  /** On a channel of ours came what no node of this cluster sent. */
  garbageReceived(topic: string): void;
  /** What the cache answered; `away` when it could not be asked. */
  cacheRead(answer: 'hit' | 'miss' | 'away'): void;
}

/** For tests and tools that have nobody to tell. */
export const silentLog: RedisLog = () => undefined;

/** For tests and tools that have nobody to tell. */
export const silentRedisProbe: RedisProbe = {
  publishLost: () => undefined,
  garbageReceived: () => undefined,
  cacheRead: () => undefined,
};

const RARELY_MS = 60_000;

/** Says the same thing at most once a minute, with how often it was not said since the last time. */
export function rarely(
  log: RedisLog,
  level: 'warn' | 'error',
  message: string,
): (fields: Readonly<Record<string, unknown>>) => void {
  let saidMs = -Infinity;
  let unsaid = 0;
  return (fields) => {
    const nowMs = performance.now();
    if (nowMs - saidMs < RARELY_MS) {
      unsaid += 1;
      return;
    }
    log(level, message, { ...fields, unsaid });
    saidMs = nowMs;
    unsaid = 0;
  };
}

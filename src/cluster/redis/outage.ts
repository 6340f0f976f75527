import type { RedisLog } from './log.js';

/** Says once that Redis is away, however many connections and attempts fail, and once that it is back. */
export class Outage {
  /** Connections that are down, and why. */
  private readonly down = new Map<string, string>();
  private sinceMs = 0;

  constructor(
    private readonly log: RedisLog,
    private readonly monotonic: () => number,
  ) {}

  /** @param connection its name */
  failed(connection: string, reason: string): void {
    const first = this.down.size === 0;
    this.down.set(connection, reason);
    if (!first) return;
    this.sinceMs = this.monotonic();
    this.log('warn', 'Redis is away; trying to reach it', { connection, reason });
  }

  ended(connection: string): void {
    if (!this.down.delete(connection) || this.down.size > 0) return;
    this.log('info', 'Redis is back', { awayMs: Math.round(this.monotonic() - this.sinceMs) });
  }

  /** Why a connection is down; undefined when all are up. */
  problem(): string | undefined {
    const [first] = this.down;
    return first === undefined ? undefined : `${first[0]} connection: ${first[1]}`;
  }
}

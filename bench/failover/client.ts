import type { RawClient } from '../load/raw-client.js';
import { pause } from './eventually.js';
import type { FrontDoors } from './front-doors.js';
import { backoffMs, type RetryPolicy } from './retry-policy.js';

const OK = 0;
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;
const BROKEN = -1;

/** How long a client with no connection at all looks for one before it looks again. */
const LOOK_AGAIN_MS = 10;

export interface Answer {
  /** gRPC status code; UNAVAILABLE, too, when the connection broke. */
  readonly status: number;
  readonly message: Buffer;
  /** grpc-status-details-bin, base64. */
  readonly details: string | undefined;
}

/** What clients saw of the transport. */
export interface TransportTally {
  /** Tries that were answered UNAVAILABLE. */
  unavailable: number;
  /** Tries whose connection broke before the answer; gRPC calls that UNAVAILABLE as well. */
  broken: number;
  /** Tries the server never saw; a gRPC client repeats them at once and tells nobody. */
  unseen: number;
}

/**
 * Calls as a gRPC client with the shipped service config makes them: any node, a
 * deadline, UNAVAILABLE repeated with growing pauses on another node, and nothing else.
 */
export class RetryingClient {
  readonly tally: TransportTally = { unavailable: 0, broken: 0, unseen: 0 };

  /** @param deadlineMs of every call, its repetitions included */
  constructor(
    private readonly doors: FrontDoors,
    private readonly policy: RetryPolicy,
    private readonly deadlineMs: number,
  ) {}

  /** Never rejects. */
  async call(path: string, message: Uint8Array): Promise<Answer> {
    const endMs = performance.now() + this.deadlineMs;
    let used: RawClient | undefined;
    for (let tries = 1; ;) {
      const door = await this.door(used, endMs);
      if (door === undefined) return { status: DEADLINE_EXCEEDED, message: Buffer.alloc(0), details: undefined };
      used = door;
      const reply = await door.call(path, message, endMs - performance.now());
      if (reply.isUnseen) {
        this.tally.unseen += 1;
        continue;
      }
      if (reply.status !== UNAVAILABLE && reply.status !== BROKEN) return reply;
      if (reply.status === UNAVAILABLE) this.tally.unavailable += 1;
      else this.tally.broken += 1;
      const pauseMs = backoffMs(this.policy, tries, Math.random());
      if (tries >= this.policy.attemptsMax || performance.now() + pauseMs >= endMs)
        return { ...reply, status: UNAVAILABLE };
      await pause(pauseMs);
      tries += 1;
    }
  }

  /** Undefined when none opened before the end. */
  private async door(not: RawClient | undefined, endMs: number): Promise<RawClient | undefined> {
    for (;;) {
      const door = this.doors.next(not);
      if (performance.now() >= endMs) return undefined;
      if (door !== undefined) return door;
      await pause(LOOK_AGAIN_MS);
    }
  }
}

/** @throws when it was not answered OK */
export function messageOf(path: string, { status, message }: Answer): Buffer {
  if (status !== OK) throw new Error(`${path} was answered with status ${String(status)}`);
  return message;
}

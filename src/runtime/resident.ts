import type { RunningActor } from './actor-system.js';
import { UnknownEntity, type EntityActor } from './entity-actor.js';
import type { Envelope, Failure } from './envelope.js';
import { OwnedElsewhere, StorageUnavailable } from './ports.js';

/** What the map of residents holds: an entity on its way in, at work, on its way out, or the note that it could not come in. */
export type Resident<Command, Answer> =
  | Activating<Command, Answer>
  | Ready<Command, Answer>
  | {
      readonly kind: 'leaving';
      readonly waiting: Envelope<Command, Answer>[];
      readonly gone: Promise<void>;
      /** Another node takes it over: who comes now is sent there. */
      readonly isMoving: boolean;
    }
  | { readonly kind: 'failed'; readonly failure: Failure['kind']; /** Monotonic. */ readonly untilMs: number };

export interface Activating<Command, Answer> {
  readonly kind: 'activating';
  readonly waiting: Envelope<Command, Answer>[];
  /** Resolves when it is ready or has failed. */
  settled: Promise<void>;
}

export interface Ready<Command, Answer> {
  readonly kind: 'ready';
  readonly actor: RunningActor<Envelope<Command, Answer>[]>;
  readonly definition: Pick<
    EntityActor<Command, Answer, unknown, unknown>,
    'wakeAtMs' | 'isIdle' | 'stats' | 'endWithoutSnapshot' | 'lacksFinalSnapshot'
  >;
  /** What arrived in this tick of the event loop; handed over together. */
  arrivals: Envelope<Command, Answer>[];
  /** Monotonic. */
  lastUsedMs: number;
}

/** Memory is full of entities that are at work. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

/** Nothing of it is waiting or being committed. */
export function isIdle<Command, Answer>({ arrivals, definition }: Ready<Command, Answer>): boolean {
  return arrivals.length === 0 && definition.isIdle;
}

/** What callers are told when an activation failed so. */
export function failureOf(error: unknown): Failure['kind'] {
  if (error instanceof UnknownEntity) return 'not-found';
  if (error instanceof NoRoom) return 'overloaded';
  if (error instanceof OwnedElsewhere) return 'owner-moving';
  return error instanceof StorageUnavailable ? 'storage-unavailable' : 'internal';
}

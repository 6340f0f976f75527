/**
 * Order in which waiting commands are served: what was started is finished first
 * (confirm, release, cancel), then staff, then the public.
 */
export const lanes = ['finish', 'staff', 'public'] as const;
export type Lane = (typeof lanes)[number];

/** A command on its way, with the means to answer it. */
export interface Envelope<Command, Answer> {
  readonly command: Command;
  readonly lane: Lane;
  /** Clock time in ms after which the command must have no effect. */
  readonly deadlineMs: number;
  /** Called exactly once, never before the command's effect is durable. Must not throw. */
  readonly settle: (outcome: Outcome<Answer>) => void;
}

export type Outcome<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer; readonly epoch: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * The system could not answer, as opposed to an answer that says no.
 * - `overloaded`: the mailbox was full; no effect.
 * - `deadline-exceeded`: it waited too long; no effect.
 * - `owner-moving`: this node no longer owns the entity; no effect, ask again.
 * - `draining`: this node is stopping; no effect, ask another.
 * - `storage-unavailable`: the database did not confirm; the effect is unknown and
 *   the command must be repeated with the same request_id.
 * - `not-found`: there is no such entity.
 * - `internal`: a bug; logged where it happened.
 */
export interface Failure {
  readonly kind:
    'overloaded' | 'deadline-exceeded' | 'owner-moving' | 'draining' | 'storage-unavailable' | 'not-found' | 'internal';
}

export function failed(kind: Failure['kind']): Outcome<never> {
  return { kind: 'failed', failure: { kind } };
}

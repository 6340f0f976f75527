import type { Host } from '../kernel/host.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Network } from './network.js';

/**
 * What the caller learns of a call.
 * - `unsent`: nobody was reached; nothing happened.
 * - `in-doubt`: the connection broke; it may have happened, or may still.
 * - `late`: no answer in time; it may have happened, or may still.
 */
export type CallOutcome<Reply> =
  | { readonly kind: 'replied'; readonly reply: Reply }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'in-doubt' }
  | { readonly kind: 'late' };

export interface CallOptions {
  /** For the story. */
  readonly what: string;
  /** How long the caller waits, ms. */
  readonly timeoutMs: number;
  /** Whether the request may arrive a second time. */
  readonly mayRepeat: boolean;
}

/** How long a caller needs to notice that its connection is dead although nothing says so. */
const SILENCE_MS = 500;
/** A connection that is refused or reset is noticed within this time. */
const RESET_MS = 2;

/** Calls between hosts, with everything that can become of them. */
export class Calls {
  constructor(
    private readonly kernel: Kernel,
    private readonly network: Network,
  ) {}

  /**
   * @param serve runs on `to`, each time the request arrives; what it resolves to is the
   *   reply. If it rejects, there is none.
   */
  make<Reply>(
    from: Host,
    to: Host,
    { what, timeoutMs, mayRepeat }: CallOptions,
    serve: () => Promise<Reply>,
  ): Promise<CallOutcome<Reply>> {
    return new Promise((resolve) => {
      const { kernel, network } = this;
      const boot = from.boot;
      let forgetCrash = (): void => undefined;
      let over = false;
      const end = (outcome: CallOutcome<Reply>): void => {
        if (over) return;
        over = true;
        forgetCrash();
        timeout.cancel();
        resolve(outcome);
      };
      const endAfter = (delayMs: number, kind: 'unsent' | 'in-doubt'): void => {
        // The process that called is gone; the one that took its place knows nothing of it.
        if (from.boot !== boot) return;
        kernel.schedule(from, delayMs, () => {
          if (!over) kernel.trace.note(from.id, `${what} to ${to.id}: ${kind}`);
          end({ kind });
        });
      };
      const timeout = kernel.schedule(from, timeoutMs, () => {
        if (!over) kernel.trace.note(from.id, `${what} to ${to.id}: no answer after ${timeoutMs.toFixed(0)} ms`);
        end({ kind: 'late' });
      });
      const reply = (answer: Reply): void => {
        if (over || from.boot !== boot) return;
        if (network.loses() || network.isCut(to, from)) {
          endAfter(SILENCE_MS, 'in-doubt');
          return;
        }
        kernel.schedule(from, network.latencyMs(), () => {
          end({ kind: 'replied', reply: answer });
        });
      };
      const arrive = (): void => {
        if (network.isCut(from, to)) {
          endAfter(SILENCE_MS, 'in-doubt');
          return;
        }
        serve().then(reply, () => {
          endAfter(RESET_MS, 'in-doubt');
        });
      };
      if (!to.isUp) {
        endAfter(RESET_MS, 'unsent');
        return;
      }
      if (network.isCut(from, to)) {
        // On a connection that was open before, nobody knows how far the request came.
        endAfter(SILENCE_MS, network.tossesCoin() ? 'unsent' : 'in-doubt');
        return;
      }
      forgetCrash = to.onCrash(() => {
        endAfter(RESET_MS, 'in-doubt');
      });
      if (network.loses()) {
        endAfter(SILENCE_MS, 'in-doubt');
        return;
      }
      kernel.schedule(to, network.latencyMs(), arrive);
      if (mayRepeat && network.duplicates()) {
        kernel.trace.note(to.id, `${what} from ${from.id} will arrive twice`);
        kernel.schedule(to, network.latencyMs() + network.latencyMs(), arrive);
      }
    });
  }
}

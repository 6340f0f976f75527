import { failed, type Envelope } from './envelope.js';
import type { Clock } from './ports.js';
import type { Ready } from './resident.js';

/**
 * Commands on their way to their entities. Those that come for one in the same tick of the
 * event loop are one message: a message costs as much as deciding a command.
 */
export class Arrivals<Command, Answer> {
  /** Whose commands of this tick wait to be handed over. */
  private readonly waiting: Ready<Command, Answer>[] = [];

  constructor(private readonly clock: Clock) {}

  add(resident: Ready<Command, Answer>, envelope: Envelope<Command, Answer>): void {
    if (resident.arrivals.length > 0) {
      resident.arrivals.push(envelope);
      return;
    }
    // As long as it must be: an array that grew has room for 16 more, and most have one.
    resident.arrivals = [envelope];
    this.waiting.push(resident);
    if (this.waiting.length === 1)
      this.clock.soon(() => {
        for (const each of this.waiting.splice(0)) this.handOver(each);
      });
  }

  private handOver(resident: Ready<Command, Answer>): void {
    const { arrivals } = resident;
    resident.arrivals = [];
    resident.lastUsedMs = this.clock.monotonic();
    resident.actor.tell(arrivals, () => {
      for (const envelope of arrivals) envelope.settle(failed('owner-moving'));
    });
  }
}

import { uuid } from '../kernel/host-randomness.js';
import type { Prng } from '../../support/prng.js';
import { isMutation, type Answer, type Asked, type Question } from './asked.js';
import type { Programme } from './cinema.js';
import type { BookingMessage, HoldMessage } from './messages.js';

/** What a buyer can do: ask nodes, and let time pass. */
export interface BuyerWorld {
  /** Asks one of the nodes; undefined when there was no answer. */
  ask(asked: Asked, node: string): Promise<Answer | undefined>;
  /** Nodes by id, those that are down too. */
  readonly nodes: readonly string[];
  pass(ms: number): Promise<void>;
  /** The buyer starts nothing new. */
  isOver(): boolean;
  /** Everything works again: nobody gives up any more. */
  isMended(): boolean;
}

/**
 * A buyer who takes seats, changes their mind, loses answers and asks again, elsewhere,
 * with the same request_id. It remembers only what it was told.
 */
export class Buyer {
  /** Questions whose answer is still open. */
  pending: string | undefined;
  private readonly holds: { screeningId: string; hold: HoldMessage }[] = [];
  private readonly bookings: { screeningId: string; booking: BookingMessage }[] = [];
  private home: string;

  constructor(
    readonly id: string,
    private readonly world: BuyerWorld,
    private readonly programme: Programme,
    private readonly chance: Prng,
    private readonly thinkMs: number,
  ) {
    this.home = chance.pick(world.nodes);
  }

  async live(): Promise<void> {
    while (!this.world.isOver()) {
      await this.world.pass(this.chance.exponential(this.thinkMs));
      const asked = this.think();
      this.pending = asked.what.kind;
      await this.pursue(asked);
      this.pending = undefined;
    }
  }

  /** Asks until there is an answer, or gives up. */
  private async pursue(asked: Asked): Promise<void> {
    let pauseMs = 20;
    for (;;) {
      const answer = await (this.chance.chance(0.08) ? this.askTwice(asked) : this.world.ask(asked, this.someNode()));
      if (answer !== undefined && answer.kind !== 'failed') {
        this.remember(asked, answer);
        // An answer that got lost on the way is asked for once more.
        if (isMutation(asked.what) && this.chance.chance(0.1)) await this.world.ask(asked, this.someNode());
        if (isSale(asked.what) || asked.what.kind === 'cancel-booking') await this.lookAtBookings(asked.screeningId);
        return;
      }
      if (!this.world.isMended() && this.chance.chance(0.1)) return;
      await this.world.pass(this.chance.between(0.5, 1) * pauseMs);
      pauseMs = Math.min(500, pauseMs * 2);
    }
  }

  /** Whoever has bought wants to see it, mostly where they are. */
  private async lookAtBookings(screeningId: string): Promise<void> {
    const asked = this.asked(screeningId, { kind: 'list-bookings' });
    if (this.chance.chance(0.6)) await this.world.ask(asked, this.home);
    if (this.chance.chance(0.2)) await this.world.ask(asked, this.someNode());
  }

  /** The same request on two nodes at once, as an impatient proxy does. */
  private async askTwice(asked: Asked): Promise<Answer | undefined> {
    const answers = await Promise.all([
      this.world.ask(asked, this.someNode()),
      this.world.ask(asked, this.chance.pick(this.world.nodes)),
    ]);
    const rank = (answer: Answer | undefined): number =>
      answer === undefined || answer.kind === 'failed' ? 2 : answer.kind === 'refused' ? 1 : 0;
    return answers.sort((a, b) => rank(a) - rank(b))[0];
  }

  /** Mostly the node it came through last. */
  private someNode(): string {
    if (this.chance.chance(0.3)) this.home = this.chance.pick(this.world.nodes);
    return this.home;
  }

  private think(): Asked {
    const { chance } = this;
    const dice = chance.fraction();
    if (this.holds.length > 0 && dice < 0.55) {
      const { screeningId, hold } = chance.pick(this.holds);
      return this.asked(screeningId, this.aboutHold(hold));
    }
    if (this.bookings.length > 0 && dice < 0.7) {
      const { screeningId, booking } = chance.pick(this.bookings);
      return this.asked(screeningId, this.aboutBooking(booking));
    }
    const screeningId = chance.pick(this.programme.screeningIds);
    if (dice > 0.96) return this.asked(screeningId, { kind: 'list-bookings' });
    if (dice > 0.9) return this.asked(screeningId, { kind: 'seat-map' });
    const seatIds = chance.some(this.programme.layout.seatIds, chance.pick([1, 1, 2, 3]));
    const requestId = uuid(chance);
    if (chance.chance(0.1)) return this.asked(screeningId, { kind: 'book', requestId, seatIds });
    return this.asked(screeningId, { kind: 'hold', requestId, seatIds, ttlMs: chance.pick([1_000, 2_000, 5_000]) });
  }

  private aboutHold({ holdToken, seatIds }: HoldMessage): Question {
    const { chance } = this;
    const requestId = uuid(chance);
    const dice = chance.fraction();
    if (dice < 0.4) return { kind: 'confirm', requestId, holdToken };
    if (dice < 0.6) return { kind: 'get-hold', holdToken };
    if (dice < 0.75) return { kind: 'extend', requestId, holdToken, ttlMs: chance.pick([1_000, 3_000]) };
    return { kind: 'release', requestId, holdToken, seatIds: this.part(seatIds) };
  }

  private aboutBooking({ bookingId, seatIds }: BookingMessage): Question {
    if (this.chance.chance(0.3)) return { kind: 'get-booking', bookingId };
    return { kind: 'cancel-booking', requestId: uuid(this.chance), bookingId, seatIds: this.part(seatIds) };
  }

  /** Some of the seats, or all by naming none. */
  private part(seatIds: readonly string[]): readonly string[] {
    return this.chance.chance(0.6) ? [] : this.chance.some(seatIds, 1);
  }

  private asked(screeningId: string, what: Question): Asked {
    return { screeningId, buyerId: this.id, what };
  }

  private remember({ screeningId, what }: Asked, answer: Answer): void {
    if (answer.kind === 'hold' && what.kind === 'hold') this.holds.push({ screeningId, hold: answer.hold });
    if (answer.kind === 'booking' && isSale(what)) this.bookings.push({ screeningId, booking: answer.booking });
    if ('holdToken' in what && isOver(what, answer) && this.chance.chance(0.9))
      forget(this.holds, ({ hold }) => hold.holdToken === what.holdToken);
    if ('bookingId' in what && isOver(what, answer) && this.chance.chance(0.9))
      forget(this.bookings, ({ booking }) => booking.bookingId === what.bookingId);
  }
}

function isSale(what: Question): boolean {
  return what.kind === 'confirm' || what.kind === 'book';
}

/** Whether there is nothing left to ask about; buyers ask about it once in a while all the same. */
function isOver(what: Question, answer: Answer): boolean {
  if (answer.kind === 'refused') return answer.reason.endsWith('NOT_FOUND') || answer.reason === 'HOLD_EXPIRED';
  if (answer.kind === 'released') return answer.hold === undefined;
  if (answer.kind === 'booking-cancelled') return answer.booking.seatIds.length === 0;
  return what.kind === 'confirm' && answer.kind === 'booking';
}

function forget<Item>(items: Item[], isIt: (item: Item) => boolean): void {
  const index = items.findIndex(isIt);
  if (index !== -1) items.splice(index, 1);
}

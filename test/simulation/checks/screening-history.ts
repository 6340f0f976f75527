import type { ScreeningEvent } from '../../../actors/screening/events.js';
import type { Terms } from '../../../actors/screening/projection.js';
import { decodeTurn } from '../../../actors/screening/codec.js';
import { SeatState } from '../../../actors/screening/seat-state.js';
import type { JournalRow } from '../../../src/runtime/ports.js';
import { Spans } from './spans.js';
import type { BookingStory, Effect, HoldStory, Occupant, Outcome } from './stories.js';
import { must } from './violation.js';

/**
 * One screening's journal, folded by the rules of the house and not by the program under
 * test: who had which seat at which moment. A moment is a number of events; events of
 * one turn are moments of their own, for the commands of a turn see each other.
 */
export class ScreeningHistory {
  readonly seats: readonly Spans<Occupant>[];
  readonly holds = new Map<string, HoldStory>();
  readonly bookings = new Map<string, BookingStory>();
  terms: Terms | undefined;
  /** When it was cancelled; undefined while it is not. */
  cancelledAt: number | undefined;
  /** Events so far. */
  moment = 0;
  /** When each event was committed; true time. */
  private readonly committedMs: number[] = [];
  private readonly rows: Outcome[] = [];
  private readonly effects = new Map<string, Effect>();
  private readonly states: Uint8Array;

  constructor(
    readonly screeningId: string,
    readonly seatIds: readonly string[],
  ) {
    this.seats = seatIds.map(() => new Spans<Occupant>(0, { state: SeatState.Free, owner: '' }));
    this.states = new Uint8Array(seatIds.length).fill(SeatState.Free);
  }

  /** Rows so far. */
  get revision(): number {
    return this.rows.length;
  }

  /** Undefined when there is no such row yet. */
  row(revision: number): Outcome | undefined {
    return this.rows[revision - 1];
  }

  /** The last moment that had come by then; true time. */
  momentAt(ms: number): number {
    let moment = this.moment;
    while (moment > 0 && (this.committedMs[moment - 1] ?? 0) > ms) moment -= 1;
    return moment;
  }

  /** What the buyer's request did; undefined while it did nothing. */
  effectOf(buyerId: string, requestId: string): Effect | undefined {
    return this.effects.get(`${buyerId} ${requestId}`);
  }

  /**
   * Takes the next row of the journal.
   * @param newestEpoch the greatest epoch anybody has claimed
   * @param nowMs true time, at which it was committed
   * @throws Violation when it cannot be
   */
  append(row: JournalRow, newestEpoch: number, nowMs: number): void {
    const say = (what: string): string => `${this.screeningId}: ${what}`;
    const before = this.rows.at(-1);
    const { timeMs, events } = decodeTurn(row.events);
    must(row.revision === this.rows.length + 1, () =>
      say(`revision ${String(row.revision)} follows ${String(this.rows.length)}`),
    );
    must(row.epoch === newestEpoch, () =>
      say(`epoch ${String(row.epoch)} appended r${String(row.revision)} after ${String(newestEpoch)} was claimed`),
    );
    must(row.epoch >= (before?.epoch ?? 0), () =>
      say(`epoch fell to ${String(row.epoch)} at r${String(row.revision)}`),
    );
    must(timeMs >= (before?.timeMs ?? 0), () => say(`time went back at r${String(row.revision)}`));
    must(events.length > 0, () => say(`r${String(row.revision)} has no events`));
    for (const event of events) {
      this.moment += 1;
      this.committedMs.push(nowMs);
      this.apply(event, row.revision, timeMs);
    }
    this.rows.push({ epoch: row.epoch, timeMs, states: this.states.slice() });
  }

  private apply(event: ScreeningEvent, revision: number, timeMs: number): void {
    switch (event.kind) {
      case 'screening-created':
        this.terms = event.terms;
        for (const seat of event.blockedSeats) this.pass(seat, '', { state: SeatState.Blocked, owner: '' });
        return;
      case 'screening-updated':
        this.terms = event.terms;
        this.caused('', event, revision);
        return;
      case 'screening-cancelled':
        this.cancelledAt = this.moment;
        this.caused('', event, revision);
        return;
      case 'seats-held': {
        const { holdToken, buyerId, seats } = event;
        must(!this.holds.has(holdToken), () => `hold ${holdToken} was taken twice`);
        for (const seat of seats) this.pass(seat, '', { state: SeatState.Held, owner: holdToken });
        this.holds.set(holdToken, {
          holdToken,
          buyerId,
          createTimeMs: timeMs,
          maxExpireTimeMs: timeMs + event.maxExpireAfterMs,
          terms: new Spans(this.moment, { seats, expireTimeMs: timeMs + event.expireAfterMs }),
          how: undefined,
        });
        this.caused(buyerId, event, revision);
        return;
      }
      case 'hold-extended': {
        const { hold, seats, expireTimeMs } = this.liveHold(event.holdToken);
        must(timeMs < expireTimeMs, () => `hold ${event.holdToken} was extended after its end`);
        hold.terms.set(this.moment, { seats, expireTimeMs: timeMs + event.expireAfterMs });
        this.caused(hold.buyerId, event, revision);
        return;
      }
      case 'hold-released': {
        const { hold, seats, expireTimeMs } = this.liveHold(event.holdToken);
        for (const seat of event.seats) this.pass(seat, hold.holdToken, { state: SeatState.Free, owner: '' });
        const left = seats.filter((seat) => !event.seats.includes(seat));
        hold.terms.set(this.moment, left.length === 0 ? undefined : { seats: left, expireTimeMs });
        if (left.length === 0) hold.how = 'released';
        if (event.origin !== undefined) this.caused(hold.buyerId, event, revision);
        return;
      }
      case 'hold-expired': {
        const { hold, seats, expireTimeMs } = this.liveHold(event.holdToken);
        must(timeMs >= expireTimeMs, () => `hold ${event.holdToken} was ended before its time`);
        for (const seat of seats) this.pass(seat, hold.holdToken, { state: SeatState.Free, owner: '' });
        hold.terms.set(this.moment, undefined);
        hold.how = 'expired';
        return;
      }
      case 'hold-confirmed': {
        const { hold, seats, expireTimeMs } = this.liveHold(event.holdToken);
        must(timeMs < expireTimeMs, () => `hold ${event.holdToken} was confirmed after its end`);
        hold.terms.set(this.moment, undefined);
        hold.how = 'confirmed';
        this.book(event.bookingId, hold.buyerId, seats, hold.holdToken, timeMs);
        this.caused(hold.buyerId, event, revision);
        return;
      }
      case 'seats-booked':
        this.book(event.bookingId, event.buyerId, event.seats, '', timeMs);
        this.caused(event.buyerId, event, revision);
        return;
      case 'booking-cancelled': {
        const booking = this.bookings.get(event.bookingId);
        must(booking !== undefined, () => `booking ${event.bookingId} was cancelled and never made`);
        for (const seat of event.seats) this.pass(seat, booking.bookingId, { state: SeatState.Free, owner: '' });
        const left = booking.terms.newest.seats.filter((seat) => !event.seats.includes(seat));
        booking.terms.set(this.moment, { seats: left, updateTimeMs: timeMs });
        this.caused(booking.buyerId, event, revision);
        return;
      }
    }
  }

  private book(bookingId: string, buyerId: string, seats: readonly number[], from: string, timeMs: number): void {
    must(!this.bookings.has(bookingId), () => `booking ${bookingId} was made twice`);
    for (const seat of seats) this.pass(seat, from, { state: SeatState.Booked, owner: bookingId });
    const terms = new Spans(this.moment, { seats, updateTimeMs: timeMs });
    this.bookings.set(bookingId, { bookingId, buyerId, createTimeMs: timeMs, terms });
  }

  /** A seat changes hands: only from whom has it. */
  private pass(seat: number, from: string, to: Occupant): void {
    const spans = this.seats[seat];
    must(spans !== undefined, () => `${this.screeningId} has no seat ${String(seat)}`);
    const { owner, state } = spans.newest;
    must(owner === from && (from !== '' || state === SeatState.Free), () => {
      const whose = owner === '' ? `state ${String(state)}` : owner;
      return `seat ${this.seatIds[seat] ?? ''} of ${this.screeningId} went to ${to.owner || 'nobody'}, but ${whose} had it`;
    });
    spans.set(this.moment, to);
    this.states[seat] = to.state;
  }

  private liveHold(holdToken: string): {
    readonly hold: HoldStory;
    readonly seats: readonly number[];
    readonly expireTimeMs: number;
  } {
    const hold = this.holds.get(holdToken);
    const terms = hold?.terms.newest;
    must(
      hold !== undefined && terms !== undefined,
      () => `hold ${holdToken} is over or never was, and something happens to it`,
    );
    return { hold, ...terms };
  }

  private caused(buyerId: string, event: Extract<ScreeningEvent, { origin?: unknown }>, revision: number): void {
    if (event.origin === undefined) return;
    const key = `${buyerId} ${event.origin.requestId}`;
    must(!this.effects.has(key), () => `request ${event.origin?.requestId ?? ''} of ${buyerId} had two effects`);
    this.effects.set(key, { event, revision, moment: this.moment });
  }
}

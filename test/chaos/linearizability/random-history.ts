import type { ScreeningAnswer } from '../../../actors/screening/answers.js';
import type { ScreeningCommand } from '../../../actors/screening/commands.js';
import type { Refusal } from '../../../actors/screening/refusals.js';
import { ask } from '../../actors/screening/ask.js';
import { openingMs, Stage } from '../../actors/screening/stage.js';
import type { Prng } from '../../support/prng.js';
import type { Operation, Outcome, Request } from '../history.js';
import { Shopper, type Hall } from '../shopper.js';

export interface RandomHistoryOptions {
  readonly operations: number;
  readonly clients: number;
  /** Groups of seats, and seats of each. */
  readonly groups: number;
  readonly seatsPerGroup: number;
  /** Probabilities that nobody hears of an operation, and that only a second attempt is answered. */
  readonly unheard: number;
  readonly repeated: number;
  /** An attempt nobody waits for any more takes effect within this time or never. */
  readonly latestMs: number;
  /** One of these at random for each hold. */
  readonly ttlsMs: readonly number[];
}

/** The domain's clock ticks in whole milliseconds. */
export const DOMAIN_CLOCK_SLACK_MS = 1;

export const usual: RandomHistoryOptions = {
  operations: 300,
  clients: 6,
  groups: 3,
  seatsPerGroup: 4,
  unheard: 0.03,
  repeated: 0.05,
  latestMs: 2_000,
  ttlsMs: [60_000, 60_000, 1_000],
};

type Undone = Omit<Operation, 'id'>;

/**
 * A history of clients who overlap, answered by the real domain one command after the
 * other, each at a moment between its invocation and its return: linearizable by making.
 * An unheard operation may take effect at once, late or never; so may the first attempt
 * of a repeated one.
 */
export function randomHistory(chance: Prng, options: RandomHistoryOptions): readonly Operation[] {
  return new Evening(chance, options).pass();
}

class Evening {
  private readonly hall: Hall;
  private readonly stage: Stage;
  private readonly agenda: { atMs: number; run: () => void }[] = [];
  private readonly done: Undone[] = [];
  /** What the read tables would say. */
  private readonly bookings = new Map<string, readonly string[]>();

  constructor(
    private readonly chance: Prng,
    private readonly options: RandomHistoryOptions,
  ) {
    const groups = Array.from({ length: options.groups }, (_, group) =>
      Array.from({ length: options.seatsPerGroup }, (__, seat) => `${String(group)}-${String(seat)}`),
    );
    this.hall = { screeningId: 'random', groups };
    const lots = { maxSeatsPerBuyer: 10_000, maxSeatsPerRequest: 100, salesCloseAtMs: openingMs + 1_000_000_000 };
    this.stage = new Stage({
      seatIds: groups.flat(),
      terms: { ...lots, startsAtMs: lots.salesCloseAtMs, holdLifetimeMaxMs: 86_400_000 },
      rules: { staffSeatsPerRequest: 100 },
    });
  }

  pass(): readonly Operation[] {
    for (let number = 0; number < this.options.clients; number += 1) {
      const name = `client${String(number)}`;
      const habits = { ttlsMs: this.options.ttlsMs, bookingsKept: 2 };
      const shopper = new Shopper(name, [this.hall], this.chance.split(name), habits);
      this.at(this.chance.between(0, 20), (nowMs) => this.shop(name, shopper, nowMs));
    }
    for (let next = this.agenda.shift(); next !== undefined; next = this.agenda.shift()) next.run();
    const sorted = this.done.toSorted((a, b) => a.invokedMs - b.invokedMs);
    return sorted.map((operation, id) => ({ id, ...operation }));
  }

  private shop(client: string, shopper: Shopper, invokedMs: number): void {
    if (this.done.length >= this.options.operations) return;
    const errand = shopper.next();
    const { request } = errand;
    const requestId = request.kind.startsWith('get-') ? '' : this.chance.uuid();
    const asked = { client, screeningId: this.hall.screeningId, requestId, request, invokedMs };
    const act = (): Outcome => this.decide(request, requestId);
    const end = (outcome: Outcome, returnedMs: number | null, nodes: string[]): void => {
      this.done.push({
        ...asked,
        returnedMs,
        nodes,
        inDoubt: nodes.length > 1,
        lateByMs: invokedMs + this.options.latestMs,
        outcome,
      });
      shopper.told(errand, outcome);
      this.at(this.chance.between(0, 30) + (returnedMs ?? invokedMs + 200), (nowMs) =>
        this.shop(client, shopper, nowMs),
      );
    };
    const draw = this.chance.fraction();
    if (draw < this.options.unheard) {
      if (this.chance.chance(0.6)) this.at(this.late(invokedMs), act);
      end({ kind: 'unknown', reason: 'UNAVAILABLE' }, null, ['n1']);
      return;
    }
    const isRepeated = draw < this.options.unheard + this.options.repeated;
    if (isRepeated && this.chance.chance(0.7)) this.at(this.late(invokedMs), act);
    const decidedMs = invokedMs + this.chance.between(0.1, isRepeated ? 100 : 15);
    this.at(decidedMs, () => {
      const outcome = act();
      const returnedMs = decidedMs + this.chance.between(0.1, 15);
      this.at(returnedMs, () => end(outcome, returnedMs, isRepeated ? ['n1', 'n2'] : ['n1']));
    });
  }

  /** When something takes effect that nobody waits for any more. */
  private late(invokedMs: number): number {
    return invokedMs + this.chance.between(0.1, this.chance.chance(0.5) ? 10 : this.options.latestMs);
  }

  private decide(request: Request, requestId: string): Outcome {
    if (request.kind === 'get-booking') {
      const seatIds = [...(this.bookings.get(request.bookingId) ?? [])];
      return { kind: 'ok', answer: { id: request.bookingId, seatIds } };
    }
    const answer = this.stage.when(commandOf(request, requestId));
    for (const booking of this.stage.turns.at(-1)?.projection?.bookings ?? [])
      this.bookings.set(booking.bookingId, booking.seatIds);
    return outcomeOf(answer, request);
  }

  private at(atMs: number, run: (nowMs: number) => void): void {
    const index = this.agenda.findLastIndex((event) => event.atMs <= atMs);
    const event = {
      atMs,
      run: () => {
        this.stage.nowMs = openingMs + Math.floor(atMs);
        run(atMs);
      },
    };
    this.agenda.splice(index + 1, 0, event);
  }
}

function commandOf(request: Exclude<Request, { kind: 'get-booking' }>, requestId: string): ScreeningCommand {
  switch (request.kind) {
    case 'hold':
      return ask.hold(request.buyerId, request.seatIds, { requestId, ttlMs: request.ttlMs });
    case 'extend':
      return ask.extend(request.buyerId, request.holdToken, { requestId, ttlMs: request.ttlMs });
    case 'release':
      return { ...ask.release(request.buyerId, request.holdToken, request.seatIds), requestId };
    case 'confirm':
      return { ...ask.confirm(request.buyerId, request.holdToken), requestId };
    case 'book':
      return ask.book(request.buyerId, request.seatIds, { requestId });
    case 'cancel':
      return { ...ask.cancelBooking(request.buyerId, request.bookingId, request.seatIds), requestId };
    case 'get-hold':
      return ask.getHold(request.buyerId, request.holdToken);
  }
}

/** As the API would word it. */
function outcomeOf(answer: ScreeningAnswer, request: Request): Outcome {
  switch (answer.kind) {
    case 'refused':
      return refusedOf(answer.refusal);
    case 'held':
    case 'extended': {
      const { holdToken: id, seatIds, expireTimeMs } = answer.hold;
      const { revision } = answer;
      return { kind: 'ok', answer: { id, seatIds: [...seatIds], revision, expireMs: expireTimeMs - openingMs } };
    }
    case 'hold': {
      const { holdToken: id, seatIds, expireTimeMs } = answer.hold;
      return { kind: 'ok', answer: { id, seatIds: [...seatIds], expireMs: expireTimeMs - openingMs } };
    }
    case 'released': {
      const { hold, releasedSeatIds, revision } = answer;
      const seatIds = [...(hold?.seatIds ?? [])];
      const id = 'holdToken' in request ? request.holdToken : '';
      return { kind: 'ok', answer: { id, seatIds, goneSeatIds: [...releasedSeatIds], revision } };
    }
    case 'booked': {
      const { booking, revision } = answer;
      return { kind: 'ok', answer: { id: booking.bookingId, seatIds: [...booking.seatIds], revision } };
    }
    case 'booking-cancelled': {
      const { booking, cancelledSeatIds, revision } = answer;
      const goneSeatIds = [...cancelledSeatIds];
      return { kind: 'ok', answer: { id: booking.bookingId, seatIds: [...booking.seatIds], goneSeatIds, revision } };
    }
    case 'terms':
    case 'seat-states':
      throw new RangeError(`shoppers do not ask for ${answer.kind}`);
  }
}

const reasons: Partial<Record<Refusal['kind'], string>> = {
  'hold-expired': 'HOLD_EXPIRED',
  'hold-token-mismatch': 'HOLD_TOKEN_MISMATCH',
  'booking-buyer-mismatch': 'BOOKING_BUYER_MISMATCH',
  'seats-not-in-hold': 'INVALID_FIELD',
  'seats-not-in-booking': 'INVALID_FIELD',
};

const states: Readonly<Record<number, string>> = { 2: 'SEAT_HELD', 3: 'SEAT_BOOKED' };

function refusedOf(refusal: Refusal): Outcome {
  switch (refusal.kind) {
    case 'seat-unavailable': {
      const seats = Object.fromEntries(refusal.seats.map(({ seatId, state }) => [seatId, states[state] ?? '']));
      return { kind: 'refused', reason: 'SEAT_UNAVAILABLE', seats };
    }
    case 'hold-not-found':
      return { kind: 'refused', reason: 'HOLD_NOT_FOUND', ...(refusal.ended && { ended: refusal.ended }) };
    case 'booking-not-found':
      return { kind: 'refused', reason: 'BOOKING_NOT_FOUND', ...(refusal.cancelled && { ended: 'cancelled' }) };
    default:
      return { kind: 'refused', reason: reasons[refusal.kind] ?? refusal.kind };
  }
}

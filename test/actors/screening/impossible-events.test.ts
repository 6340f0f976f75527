import { expect } from 'chai';
import type { EventPosition, Origin, ScreeningEvent } from '../../../actors/screening/events.js';
import { evolve, ImpossibleEvent } from '../../../actors/screening/evolve.js';
import { seatLayout } from '../../../actors/screening/seat-layout.js';
import { initialState, type ScreeningState } from '../../../actors/screening/state.js';
import { ask } from './ask.js';
import { openingMs, Stage, terms } from './stage.js';

let requests = 0;

function origin(): Origin {
  requests += 1;
  return { requestId: `request-${requests}`, fingerprintHigh: 0, fingerprintLow: requests };
}

const created: ScreeningEvent = { kind: 'screening-created', terms, blockedSeats: [3] };

function held(holdToken: string, seats: readonly number[]): ScreeningEvent {
  return {
    kind: 'seats-held',
    origin: origin(),
    holdToken,
    buyerId: 'anna',
    seats,
    expireAfterMs: 60_000,
    maxExpireAfterMs: 180_000,
  };
}

function booked(bookingId: string, seats: readonly number[]): ScreeningEvent {
  return { kind: 'seats-booked', origin: origin(), bookingId, buyerId: 'berta', seats };
}

/** Seats 0 and 1 held by h1 and h2, seat 2 booked by b1, 3 blocked, 4 free. */
function stateAfter(...events: readonly ScreeningEvent[]): ScreeningState {
  const state = initialState(seatLayout(['0', '1', '2', '3', '4']), 1);
  for (const event of [created, held('h1', [0]), held('h2', [1]), booked('b1', [2]), ...events]) {
    evolve(state, event, { revision: state.revision + 1, timeMs: openingMs });
  }
  return state;
}

describe('an event that cannot have happened', () => {
  const impossible = (event: ScreeningEvent, position: Partial<EventPosition> = {}) => {
    const state = stateAfter();
    const at = { revision: state.revision + 1, timeMs: openingMs, ...position };
    expect(() => evolve(state, event, at)).to.throw(ImpossibleEvent);
  };

  it('takes a seat that is not free', () => {
    for (const seat of [0, 2, 3]) {
      impossible(held('new', [seat]));
      impossible(booked('new', [seat]));
    }
  });

  it('takes a seat twice, or one the layout does not have', () => {
    impossible(held('new', [4, 4]));
    impossible(held('new', [5]));
    impossible(booked('new', [5]));
  });

  it('takes seats in a name that is already in use', () => {
    impossible(held('h1', [4]));
    impossible(booked('b1', [4]));
  });

  it('speaks of a hold or a booking that is not there', () => {
    impossible({ kind: 'hold-extended', origin: origin(), holdToken: 'gone', expireAfterMs: 1 });
    impossible({ kind: 'hold-released', origin: origin(), holdToken: 'gone', seats: [0] });
    impossible({ kind: 'hold-expired', holdToken: 'gone', seats: [0] });
    impossible({ kind: 'hold-confirmed', origin: origin(), holdToken: 'gone', bookingId: 'b2', seats: [0] });
    impossible({ kind: 'booking-cancelled', origin: origin(), bookingId: 'gone', seats: [2] });
  });

  it("gives back another's seat, or one that nobody has", () => {
    for (const seat of [1, 2, 4]) {
      impossible({ kind: 'hold-released', origin: origin(), holdToken: 'h1', seats: [seat] });
      impossible({ kind: 'hold-released', origin: undefined, holdToken: 'h1', seats: [seat] });
    }
    for (const seat of [0, 4]) {
      impossible({ kind: 'booking-cancelled', origin: origin(), bookingId: 'b1', seats: [seat] });
    }
  });

  it('confirms a hold after its end', () => {
    impossible(
      { kind: 'hold-confirmed', origin: origin(), holdToken: 'h1', bookingId: 'b2', seats: [0] },
      { timeMs: openingMs + 60_000 },
    );
  });

  it('leaves out a revision, goes back to one, or goes back in time', () => {
    impossible(held('new', [4]), { revision: 6 });
    impossible(held('new', [4]), { revision: 3 });
    impossible(held('new', [4]), { timeMs: openingMs - 1 });
  });

  it('creates a screening twice, or cancels one that was not created', () => {
    impossible({ kind: 'screening-created', terms, blockedSeats: [] });
    const state = initialState(seatLayout(['0']), 1);
    const cancelled: ScreeningEvent = { kind: 'screening-cancelled', origin: origin() };
    expect(() => evolve(state, cancelled, { revision: 1, timeMs: 0 })).to.throw(ImpossibleEvent);
  });

  it('is found in a journal row that is applied twice or out of order', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']), ask.extend('anna', 't1'), ask.extend('anna', 't1'));
    const [first, second, third, fourth] = stage.journal;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error();
    const screening = stage.empty();
    for (const row of [first, second, third]) screening.replay(row.revision, row.events);
    expect(() => screening.replay(third.revision, third.events)).to.throw(ImpossibleEvent);
    expect(() => screening.replay(fourth.revision + 1, fourth.events)).to.throw(ImpossibleEvent);
  });
});

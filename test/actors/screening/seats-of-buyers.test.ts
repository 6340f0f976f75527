import { expect } from 'chai';
import type { ScreeningEvent } from '../../../actors/screening/events.js';
import { evolve } from '../../../actors/screening/evolve.js';
import { seatLayout } from '../../../actors/screening/seat-layout.js';
import { initialState, seatsOfBuyer } from '../../../actors/screening/state.js';
import { openingMs, terms } from './stage.js';

const origin = { requestId: 'request', fingerprintHigh: 0, fingerprintLow: 0 };
const lasting = { expireAfterMs: 60_000, maxExpireAfterMs: 180_000 };

describe('the seats of a buyer', () => {
  const state = initialState(seatLayout(['A1', 'A2', 'A3', 'A4']), 1);
  const happen = (event: ScreeningEvent): void => {
    evolve(state, event, { revision: state.revision + 1, timeMs: openingMs });
  };

  it('are counted while they are held and booked, and buyers who have none are forgotten', () => {
    happen({ kind: 'screening-created', terms, blockedSeats: [] });
    happen({ kind: 'seats-held', origin, holdToken: 'h1', buyerId: 'anna', seats: [0, 1], ...lasting });
    happen({ kind: 'seats-booked', origin, bookingId: 'b1', buyerId: 'anna', seats: [2] });
    happen({ kind: 'seats-held', origin, holdToken: 'h2', buyerId: 'berta', seats: [3], ...lasting });
    expect(seatsOfBuyer(state, 'anna')).to.equal(3);
    happen({ kind: 'hold-released', origin, holdToken: 'h1', seats: [1] });
    happen({ kind: 'hold-confirmed', origin, holdToken: 'h1', bookingId: 'b2', seats: [0] });
    expect(seatsOfBuyer(state, 'anna')).to.equal(2);
    happen({ kind: 'booking-cancelled', origin, bookingId: 'b1', seats: [2] });
    happen({ kind: 'booking-cancelled', origin, bookingId: 'b2', seats: [0] });
    happen({ kind: 'hold-expired', holdToken: 'h2', seats: [3] });
    expect([...state.buyers]).to.deep.equal([]);
  });
});

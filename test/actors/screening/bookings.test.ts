import { expect } from 'chai';
import { ask } from './ask.js';
import { openingMs, Stage, terms } from './stage.js';

describe('booking seats as staff', () => {
  it('sells free seats without a hold', () => {
    const stage = new Stage();
    expect(stage.when(ask.book('anna', ['A2', 'A1']))).to.deep.equal({
      kind: 'booked',
      booking: {
        bookingId: 't1',
        buyerId: 'anna',
        seatIds: ['A1', 'A2'],
        createTimeMs: openingMs,
        updateTimeMs: openingMs,
      },
      revision: 2,
    });
    expect(stage.seats()).to.equal('KKFFFFFF');
  });

  it('is bound neither to the sales window nor to the limit per buyer', () => {
    const stage = new Stage();
    stage.nowMs = terms.salesOpenAtMs - 1_000;
    stage.given(ask.book('anna', ['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3']));
    stage.nowMs = terms.salesCloseAtMs;
    stage.given(ask.book('anna', ['B4']));
  });

  it('keeps to the limit of seats per staff request', () => {
    const stage = new Stage({ rules: { staffSeatsPerRequest: 2 } });
    stage.refuses(ask.book('anna', ['A1', 'A2', 'A3']), { kind: 'too-many-seats', limit: 2, requested: 3 });
  });

  it('never takes a held, booked or blocked seat, nor an unknown one', () => {
    const stage = new Stage({ blockedSeats: [2] }).given(ask.hold('anna', ['A1']), ask.book('berta', ['A2']));
    stage.refuses(ask.book('carl', ['A4', 'A3', 'A2', 'A1']), {
      kind: 'seat-unavailable',
      seats: [
        { seatId: 'A1', state: 2 },
        { seatId: 'A2', state: 3 },
        { seatId: 'A3', state: 4 },
      ],
    });
    stage.refuses(ask.book('carl', ['Z1']), { kind: 'unknown-seats', seatIds: ['Z1'] });
  });

  it('happens only at the revision asked for, and not once the screening is cancelled', () => {
    const stage = new Stage();
    stage.refuses(ask.book('anna', ['A1'], { revision: 7 }), { kind: 'stale-revision', revision: 1 });
    stage.given(ask.cancelScreening()).refuses(ask.book('anna', ['A1']), { kind: 'screening-cancelled' });
  });

  it('answers a dry run without a booking id and changes nothing', () => {
    const stage = new Stage();
    const answer = stage.when(ask.book('anna', ['A2', 'A1'], { validateOnly: true }));
    expect(answer).to.have.nested.property('booking.bookingId', '');
    expect(answer).to.have.nested.property('booking.seatIds').that.deep.equals(['A1', 'A2']);
    expect(stage.journal).to.have.length(1);
  });
});

describe('cancelling a booking', () => {
  const booked = () => new Stage().given(ask.book('anna', ['A1', 'A2', 'A3']));

  it('gives all seats back', () => {
    const stage = booked().after(5_000);
    expect(stage.when(ask.cancelBooking('anna', 't1'))).to.deep.equal({
      kind: 'booking-cancelled',
      booking: {
        bookingId: 't1',
        buyerId: 'anna',
        seatIds: [],
        createTimeMs: openingMs,
        updateTimeMs: openingMs + 5_000,
      },
      cancelledSeatIds: ['A1', 'A2', 'A3'],
      revision: 3,
    });
    expect(stage.seats()).to.equal('FFFFFFFF');
    stage.refuses(ask.cancelBooking('anna', 't1'), { kind: 'booking-not-found', cancelled: true });
  });

  it('gives some seats back and keeps the others', () => {
    const stage = booked();
    const answer = stage.when(ask.cancelBooking('anna', 't1', ['A2']));
    expect(answer).to.have.deep.property('cancelledSeatIds', ['A2']);
    expect(answer).to.have.nested.property('booking.seatIds').that.deep.equals(['A1', 'A3']);
    expect(stage.seats()).to.equal('KFKFFFFF');
    stage.given(ask.hold('berta', ['A2']), ask.cancelBooking('anna', 't1', ['A1', 'A3']));
    expect(stage.seats()).to.equal('FHFFFFFF');
  });

  it('refuses seats the booking does not have, another buyer and an unknown booking', () => {
    const stage = booked();
    stage.refuses(ask.cancelBooking('anna', 't1', ['A1', 'A4', 'Z9']), {
      kind: 'seats-not-in-booking',
      seatIds: ['A4', 'Z9'],
    });
    stage.refuses(ask.cancelBooking('berta', 't1'), { kind: 'booking-buyer-mismatch' });
    stage.refuses(ask.cancelBooking('anna', 'guess'), { kind: 'booking-not-found', cancelled: false });
  });

  it('is possible for a booking that was a hold, and for a cancelled screening', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']), ask.confirm('anna', 't1'), ask.cancelScreening());
    expect(stage.seats()).to.equal('KFFFFFFF');
    stage.given(ask.cancelBooking('anna', 't2'));
    expect(stage.seats()).to.equal('FFFFFFFF');
  });
});

import { snapshotOf } from './snapshot-of.js';
import { expect } from 'chai';
import { ask } from './ask.js';
import { openingMs, Stage, terms } from './stage.js';

describe('holding seats', () => {
  it('takes free seats for the default time and names them in plan order', () => {
    const stage = new Stage();
    expect(stage.when(ask.hold('anna', ['B1', 'A2']))).to.deep.equal({
      kind: 'held',
      hold: {
        holdToken: 't1',
        buyerId: 'anna',
        seatIds: ['A2', 'B1'],
        createTimeMs: openingMs,
        expireTimeMs: openingMs + 60_000,
        maxExpireTimeMs: openingMs + 180_000,
      },
      revision: 2,
    });
    expect(stage.seats()).to.equal('FHFFHFFF');
  });

  it('takes them for the time asked for', () => {
    expect(new Stage().when(ask.hold('anna', ['A1'], { ttlMs: 5_000 }))).to.have.nested.property(
      'hold.expireTimeMs',
      openingMs + 5_000,
    );
  });

  it('names every seat that is not free, and why', () => {
    const stage = new Stage({ blockedSeats: [7] }).given(ask.hold('anna', ['A1']), ask.book('berta', ['A2']));
    stage.refuses(ask.hold('carl', ['A3', 'B4', 'A2', 'A1']), {
      kind: 'seat-unavailable',
      seats: [
        { seatId: 'A1', state: 2 },
        { seatId: 'A2', state: 3 },
        { seatId: 'B4', state: 4 },
      ],
    });
  });

  it('names every seat the plan does not have', () => {
    new Stage().refuses(ask.hold('anna', ['A1', 'Z9', 'Z8']), { kind: 'unknown-seats', seatIds: ['Z9', 'Z8'] });
  });

  it('keeps to the limit per request', () => {
    new Stage().refuses(ask.hold('anna', ['A1', 'A2', 'A3', 'A4', 'B1']), {
      kind: 'too-many-seats',
      limit: 4,
      requested: 5,
    });
  });

  it('keeps to the limit per buyer, counting held and booked seats', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1', 'A2', 'A3']), ask.book('anna', ['A4', 'B1']));
    stage.refuses(ask.hold('anna', ['B2', 'B3']), { kind: 'buyer-limit', limit: 6, taken: 5, requested: 2 });
    stage.given(ask.hold('anna', ['B2']), ask.hold('berta', ['B3']));
  });

  it('counts a confirmed hold once', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1', 'A2', 'A3', 'A4']), ask.confirm('anna', 't1'));
    stage.refuses(ask.hold('anna', ['B1', 'B2', 'B3']), { kind: 'buyer-limit', limit: 6, taken: 4, requested: 3 });
    stage.given(ask.hold('anna', ['B1', 'B2']));
  });

  it('counts released, expired and cancelled seats no longer', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1', 'A2', 'A3', 'A4']), ask.book('anna', ['B1', 'B2']));
    stage.given(ask.release('anna', 't1', ['A1', 'A2']), ask.cancelBooking('anna', 't2', ['B1'])).after(60_000);
    stage.given(ask.hold('anna', ['A1', 'A2', 'A3', 'A4']), ask.hold('anna', ['B1']));
    stage.refuses(ask.hold('anna', ['B3']), { kind: 'buyer-limit', limit: 6, taken: 6, requested: 1 });
  });

  it('is for the time sales are open: from the first moment, to before the last', () => {
    const stage = new Stage();
    stage.nowMs = terms.salesOpenAtMs - 1;
    stage.refuses(ask.hold('anna', ['A1']), { kind: 'sales-not-open', opensAtMs: terms.salesOpenAtMs });
    stage.after(1).given(ask.hold('anna', ['A1']));
    stage.nowMs = terms.salesCloseAtMs - 1;
    stage.given(ask.hold('anna', ['A2'])).after(1);
    stage.turn([]);
    stage.refuses(ask.hold('anna', ['A3']), { kind: 'sales-closed', closedAtMs: terms.salesCloseAtMs });
  });

  it('refuses a longer time than the screening allows', () => {
    const stage = new Stage();
    stage.refuses(ask.hold('anna', ['A1'], { ttlMs: 180_001 }), { kind: 'ttl-too-long', limitMs: 180_000 });
    stage.given(ask.hold('anna', ['A1'], { ttlMs: 180_000 }));
  });

  it('happens only at the revision asked for', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']));
    stage.refuses(ask.hold('berta', ['A2'], { revision: 1 }), { kind: 'stale-revision', revision: 2 });
    stage.given(ask.hold('berta', ['A2'], { revision: 2 }));
  });

  it('answers a dry run without a token and changes nothing', () => {
    const stage = new Stage();
    const before = snapshotOf(stage.screening);
    expect(stage.when(ask.hold('anna', ['A2', 'A1'], { validateOnly: true }))).to.deep.equal({
      kind: 'held',
      hold: {
        holdToken: '',
        buyerId: 'anna',
        seatIds: ['A1', 'A2'],
        createTimeMs: openingMs,
        expireTimeMs: openingMs + 60_000,
        maxExpireTimeMs: openingMs + 180_000,
      },
      revision: 1,
    });
    expect(snapshotOf(stage.screening)).to.deep.equal(before);
    stage.given(ask.hold('berta', ['A1']));
    stage.refuses(ask.hold('anna', ['A1'], { validateOnly: true }), {
      kind: 'seat-unavailable',
      seats: [{ seatId: 'A1', state: 2 }],
    });
  });

  it('lets the first of two commands in one turn win', () => {
    const [first, second] = new Stage().turn([ask.hold('anna', ['A1', 'A2']), ask.hold('berta', ['A2', 'A3'])]);
    expect(first).to.have.property('kind', 'held');
    expect(second).to.deep.equal({
      kind: 'refused',
      refusal: { kind: 'seat-unavailable', seats: [{ seatId: 'A2', state: 2 }] },
    });
  });

  it('can be read by its buyer, and by nobody else', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']));
    expect(stage.when(ask.getHold('anna', 't1'))).to.have.nested.property('hold.holdToken', 't1');
    stage.refuses(ask.getHold('berta', 't1'), { kind: 'hold-token-mismatch' });
    stage.refuses(ask.getHold('anna', 'guess'), { kind: 'hold-not-found', ended: undefined });
  });
});

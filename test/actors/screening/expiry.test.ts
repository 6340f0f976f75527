import { snapshotOf } from './snapshot-of.js';
import { expect } from 'chai';
import { decodeTurn } from '../../../actors/screening/codec.js';
import { EXPIRIES_PER_TURN } from '../../../actors/screening/expiry.js';
import { ask } from './ask.js';
import { openingMs, Stage } from './stage.js';

describe('expiry of holds', () => {
  it('is what the screening next wakes up for: the earliest end of all holds', () => {
    const stage = new Stage();
    expect(stage.screening.wakeAtMs).to.equal(null);
    stage.given(ask.hold('anna', ['A1'], { ttlMs: 30_000 }), ask.hold('berta', ['A2'], { ttlMs: 10_000 }));
    expect(stage.screening.wakeAtMs).to.equal(openingMs + 10_000);
    stage.given(ask.extend('berta', 't2', { ttlMs: 40_000 }));
    expect(stage.screening.wakeAtMs).to.equal(openingMs + 30_000);
    stage.given(ask.confirm('anna', 't1'));
    expect(stage.screening.wakeAtMs).to.equal(openingMs + 40_000);
    stage.given(ask.release('berta', 't2'));
    expect(stage.screening.wakeAtMs).to.equal(null);
  });

  it('frees the seats in a turn without commands, and tells viewers', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1', 'B4'])).after(59_999);
    stage.turn([]);
    expect(stage.turns).to.have.length(1);
    stage.after(1).turn([]);
    expect(stage.turns.at(-1)).to.have.deep.property('change', {
      revision: 3,
      timeMs: openingMs + 60_000,
      seats: [0, 7],
      states: Uint8Array.of(1, 1),
      counts: { free: 8, held: 0, booked: 0, blocked: 0 },
      bookingBuyers: [],
    });
  });

  it('comes before the commands of the turn: a dead hold gives way at once', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1'])).after(60_000);
    expect(stage.when(ask.hold('berta', ['A1']))).to.have.property('kind', 'held');
  });

  it('does not go back when the clock does', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1'])).after(60_000);
    stage.turn([]);
    stage.after(-30_000);
    stage.refuses(ask.confirm('anna', 't1'), { kind: 'hold-expired', freeSeatIds: ['A1'] });
    expect(stage.when(ask.hold('anna', ['A1']))).to.have.nested.property('hold.createTimeMs', openingMs + 60_000);
  });

  it('happens again after a restart, from the journal and from a snapshot', () => {
    const stage = new Stage().given(ask.hold('anna', ['A1']), ask.extend('anna', 't1', { ttlMs: 90_000 }));
    for (const screening of [stage.replayed(), stage.restored()]) {
      expect(screening.wakeAtMs).to.equal(openingMs + 90_000);
      screening.beginTurn(openingMs + 90_000);
      expect(decodeTurn(screening.endTurn()?.events ?? new Uint8Array()).events).to.deep.equal([
        { kind: 'hold-expired', holdToken: 't1', seats: [0] },
      ]);
    }
  });

  describe('of more holds than one turn expires', () => {
    const holds = EXPIRIES_PER_TURN + 2;
    const crowd = () => {
      const stage = new Stage({
        seatIds: Array.from({ length: holds }, (_, index) => `S${index}`),
        terms: { maxSeatsPerBuyer: 4 },
      });
      // One turn: their ends are equal, and the tokens decide who goes first.
      stage.turn(stage.layout.seatIds.map((seatId, index) => ask.hold(`buyer-${index}`, [seatId])));
      return stage.after(60_000);
    };
    const expiredIn = (stage: Stage) => stage.turns.at(-1)?.eventCount;

    it('goes on in the next turn', () => {
      const stage = crowd();
      stage.turn([]);
      expect(expiredIn(stage)).to.equal(EXPIRIES_PER_TURN);
      expect(stage.screening.wakeAtMs).to.equal(openingMs + 60_000);
      stage.turn([]);
      expect(expiredIn(stage)).to.equal(2);
      expect(stage.screening.wakeAtMs).to.equal(null);
      expect(snapshotOf(stage.screening)).to.deep.equal(snapshotOf(stage.replayed()));
    });

    it('leaves no dead hold that can be confirmed, and none that keeps a seat from anyone', () => {
      const stage = crowd();
      const last = stage.layout.seatIds[998];
      if (last === undefined) throw new Error('no such seat');
      // t999 is the last token in order, so its hold is among those left over.
      const [confirmed, held] = stage.turn([ask.confirm('buyer-998', 't999'), ask.hold('carl', [last])]);
      expect(confirmed).to.have.nested.property('refusal.kind', 'hold-expired');
      expect(held).to.have.property('kind', 'held');
      expect(expiredIn(stage)).to.equal(EXPIRIES_PER_TURN + 2);
      stage.turn([]);
      expect(snapshotOf(stage.screening)).to.deep.equal(snapshotOf(stage.replayed()));
    });

    it("counts no dead hold towards its buyer's limit", () => {
      const stage = crowd();
      const [answer] = stage.turn([ask.hold('buyer-998', ['S0', 'S1', 'S2', 'S3'])]);
      expect(answer).to.have.property('kind', 'held');
    });
  });
});

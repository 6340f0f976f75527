import { expect } from 'chai';
import { encodeTurn } from '../../../actors/screening/codec.js';
import type { ScreeningEvent } from '../../../actors/screening/events.js';
import { SeatState } from '../../../actors/screening/seat-state.js';
import { memoryTables } from '../../../src/storage/memory/index.js';
import { TERMS } from '../../conformance/fixture.js';
import { EPOCH_MS } from '../kernel/host-clock.js';
import { Kernel } from '../kernel/kernel.js';
import type { Answer, Asked, Question, Refused } from '../scenario/asked.js';
import { Safety } from './safety.js';
import { ScreeningHistory } from './screening-history.js';

const { Held, Booked } = SeatState;
const origin = (requestId: string) => ({ requestId, fingerprintHigh: 0, fingerprintLow: 0 });

const held = (holdToken: string, seats: readonly number[], expireAfterMs = 1_000): ScreeningEvent => ({
  kind: 'seats-held',
  origin: origin(`hold ${holdToken}`),
  holdToken,
  buyerId: 'anna',
  seats,
  expireAfterMs,
  maxExpireAfterMs: 6_000,
});
const expired = (holdToken: string, seats: readonly number[]): ScreeningEvent => ({
  kind: 'hold-expired',
  holdToken,
  seats,
});
const confirmed = (holdToken: string, bookingId: string, seats: readonly number[]): ScreeningEvent => ({
  kind: 'hold-confirmed',
  origin: origin(`confirm ${holdToken}`),
  holdToken,
  bookingId,
  seats,
});
const booked = (bookingId: string, seats: readonly number[], requestId = bookingId): ScreeningEvent => ({
  kind: 'seats-booked',
  origin: origin(requestId),
  bookingId,
  buyerId: 'anna',
  seats,
});

/** A screening of four seats, created and claimed, and the checks over it. True time stands at 0. */
function stage() {
  const kernel = new Kernel();
  const tables = memoryTables();
  const history = new ScreeningHistory('s1', ['A1', 'A2', 'A3', 'A4']);
  const safety = new Safety(new Map([['s1', history]]), tables, kernel, {
    skewMs: 100,
    cacheTtlMs: 1_000,
    cacheClockSteps: false,
  });
  const rows: { revision: number; epoch: number; events: Uint8Array }[] = [];
  tables.journals.set('s1', rows);
  /** Puts a row into the journal, and what belongs to it into the read tables. */
  const commit = (
    events: readonly ScreeningEvent[],
    { epoch = 1, atMs = 0, revision = rows.length + 1 } = {},
  ): void => {
    rows.push({ revision, epoch, events: encodeTurn(EPOCH_MS + atMs, events) });
    tables.owners.set('s1', { epoch, revision, wakeAtMs: null, holder: undefined });
    for (const event of events) {
      if (event.kind !== 'seats-booked' && event.kind !== 'hold-confirmed') continue;
      const seatIds = event.seats.map((seat) => history.seatIds[seat] ?? '');
      const bookedSeats = tables.bookedSeats.get('s1') ?? new Map<string, string>();
      tables.bookedSeats.set('s1', bookedSeats);
      for (const seatId of seatIds) bookedSeats.set(seatId, event.bookingId);
      const times = { createTimeMs: 0, updateTimeMs: 0 };
      const row = { bookingId: event.bookingId, screeningId: 's1', buyerId: 'anna', seatIds, cancelled: false };
      tables.bookings.set(event.bookingId, { ...row, ...times });
    }
    safety.afterStep();
  };
  rows.push({ revision: 1, epoch: 0, events: encodeTurn(EPOCH_MS, [created]) });
  tables.owners.set('s1', { epoch: 0, revision: 1, wakeAtMs: null, holder: undefined });
  safety.afterStep();
  safety.claimed('s1', 1);
  const ask = (what: Question): Asked => ({ screeningId: 's1', buyerId: 'anna', what });
  /** Says so to somebody who asked before `meanwhile` happened. */
  const tell = (what: Question, answer: Answer, meanwhile: () => void = () => undefined): string | undefined => {
    const arrival = safety.arrived(ask(what), 'node-1');
    meanwhile();
    safety.told(ask(what), arrival, answer);
    return safety.violation?.message;
  };
  return { kernel, tables, safety, commit, tell, said: () => safety.violation?.message };
}

const created: ScreeningEvent = { kind: 'screening-created', terms: TERMS, blockedSeats: [] };

describe('the checks of a journal', () => {
  const wrongs: readonly { what: string; found: RegExp; happen: (on: ReturnType<typeof stage>) => void }[] = [
    {
      what: 'a seat that is sold twice',
      found: /seat A1 of s1 went to b2, but b1 had it/,
      happen: ({ commit }) => {
        commit([booked('b1', [0])]);
        commit([booked('b2', [0])]);
      },
    },
    {
      what: 'a seat that is held while somebody has it',
      found: /seat A2 of s1 went to h2, but h1 had it/,
      happen: ({ commit }) => {
        commit([held('h1', [1]), held('h2', [1, 2])]);
      },
    },
    {
      what: 'a hold that ends before its time',
      found: /hold h1 was ended before its time/,
      happen: ({ commit }) => {
        commit([held('h1', [0], 1_000)]);
        commit([expired('h1', [0])], { atMs: 999 });
      },
    },
    {
      what: 'a hold that is confirmed after its time',
      found: /hold h1 was confirmed after its end/,
      happen: ({ commit }) => {
        commit([held('h1', [0], 1_000)]);
        commit([confirmed('h1', 'b1', [0])], { atMs: 1_000 });
      },
    },
    {
      what: 'a request that has two effects',
      found: /request r of anna had two effects/,
      happen: ({ commit }) => {
        commit([booked('b1', [0], 'r')]);
        commit([booked('b2', [1], 'r')]);
      },
    },
    {
      what: 'an owner that was replaced and writes',
      found: /epoch 1 appended r2 after 2 was claimed/,
      happen: ({ commit, safety }) => {
        safety.claimed('s1', 2);
        commit([booked('b1', [0])], { epoch: 1 });
      },
    },
    {
      what: 'an epoch that is given twice',
      found: /epoch 1 was given after 1/,
      happen: ({ safety }) => {
        safety.claimed('s1', 1);
      },
    },
    {
      what: 'a revision that is left out',
      found: /revision 3 follows 1/,
      happen: ({ commit }) => {
        commit([booked('b1', [0])], { revision: 3 });
      },
    },
    {
      what: 'a row that vanishes',
      found: /the journal lost rows/,
      happen: ({ tables, safety }) => {
        tables.journals.set('s1', []);
        safety.afterStep();
      },
    },
    {
      what: 'time that goes back',
      found: /time went back at r3/,
      happen: ({ commit }) => {
        commit([booked('b1', [0])], { atMs: 5 });
        commit([booked('b2', [1])], { atMs: 4 });
      },
    },
    {
      what: 'a booked seat that is not in its table',
      found: /booked_seat has undefined for A1, not b1/,
      happen: ({ commit, tables }) => {
        commit([booked('b1', [0])]);
        tables.bookedSeats.clear();
        commit([held('h1', [1])]);
      },
    },
  ];

  for (const { what, found, happen } of wrongs) {
    it(`find ${what}`, () => {
      const on = stage();
      expect(on.said()).to.equal(undefined);
      happen(on);
      expect(on.said()).to.match(found);
    });
  }

  it('find nothing wrong with a sale, a hold that dies and a seat that is taken anew', () => {
    const { commit, said } = stage();
    commit([held('h1', [0, 1], 1_000), held('h2', [2], 1_000)]);
    commit([confirmed('h1', 'b1', [0, 1])], { atMs: 999 });
    commit([expired('h2', [2]), held('h3', [2])], { atMs: 1_000 });
    expect(said()).to.equal(undefined);
  });
});

describe('the checks of an answer', () => {
  const hold: Question = { kind: 'hold', requestId: 'hold h1', seatIds: ['A1'], ttlMs: 1_000 };
  const times = { createTimeMs: EPOCH_MS, expireTimeMs: EPOCH_MS + 1_000, maxExpireTimeMs: EPOCH_MS + 6_000 };
  const holdOf = (holdToken: string, seatIds: readonly string[]) => ({ holdToken, buyerId: 'anna', seatIds, ...times });
  const refused = (reason: string, given: Partial<Refused> = {}): Refused => ({
    kind: 'refused',
    reason,
    metadata: {},
    seats: [],
    ...given,
  });
  const taken = refused('SEAT_UNAVAILABLE', { seats: [{ seatId: 'A1', why: 'SEAT_BOOKED' }] });

  it('take what the journal has, at whatever revision it is asked again', () => {
    const { commit, tell } = stage();
    commit([held('h1', [0])]);
    const answer = { kind: 'hold', hold: holdOf('h1', ['A1']), revision: 2 } as const;
    expect(tell(hold, answer)).to.equal(undefined);
    commit([confirmed('h1', 'b1', [0])]);
    expect(tell(hold, answer)).to.equal(undefined);
  });

  it('find what is told before it is stored, or otherwise than it is stored', () => {
    const answer = { kind: 'hold', hold: holdOf('h1', ['A1']), revision: 2 } as const;
    expect(stage().tell(hold, answer)).to.include('not in the journal');
    for (const wrong of [
      { ...answer, revision: 3 },
      { ...answer, hold: holdOf('h2', ['A1']) },
      { ...answer, hold: holdOf('h1', ['A2']) },
    ]) {
      const { commit, tell } = stage();
      commit([held('h1', [0])]);
      expect(tell(hold, wrong)).to.include('but the journal has');
    }
  });

  it('take a refusal that was right at a moment while it was asked, inside a turn too', () => {
    const { commit, tell } = stage();
    const meanwhile = (): void => {
      commit([held('h1', [0]), { kind: 'hold-released', origin: origin('x'), holdToken: 'h1', seats: [0] }]);
    };
    const seats = [{ seatId: 'A1', why: 'SEAT_HELD' }];
    expect(tell({ ...hold, requestId: 'r' }, refused('SEAT_UNAVAILABLE', { seats }), meanwhile)).to.equal(undefined);
  });

  it('find a refusal that was right before it was asked, or names what was free', () => {
    const question: Question = { kind: 'hold', requestId: 'r', seatIds: ['A1', 'A2'], ttlMs: 1_000 };
    expect(stage().tell(question, taken)).to.include('it was not so');
    const early = stage();
    early.commit([booked('b1', [0])]);
    expect(early.tell(question, taken)).to.equal(undefined);
    const late = stage();
    late.commit([held('h1', [0])]);
    late.commit([{ kind: 'hold-released', origin: origin('x'), holdToken: 'h1', seats: [0] }]);
    const seats = [{ seatId: 'A1', why: 'SEAT_HELD' }];
    expect(late.tell(question, refused('SEAT_UNAVAILABLE', { seats }))).to.include('it was not so');
    const both = stage();
    both.commit([booked('b1', [0, 1])]);
    expect(both.tell(question, taken), 'it does not name A2').to.include('it was not so');
  });

  it('find the refusal of a request that had been granted', () => {
    const { commit, tell } = stage();
    commit([held('h1', [0])]);
    commit([confirmed('h1', 'b1', [0])]);
    expect(tell(hold, taken)).to.include('had been granted at r2');
  });

  it('allow for clocks at the end of a hold, and no more', () => {
    const confirm: Question = { kind: 'confirm', requestId: 'c', holdToken: 'h1' };
    for (const [expireAfterMs, isRight] of [
      [90, true],
      [110, false],
    ] as const) {
      const { commit, tell } = stage();
      commit([held('h1', [0], expireAfterMs)]);
      const violation = tell(confirm, refused('HOLD_EXPIRED'));
      expect(violation === undefined, `a hold of ${String(expireAfterMs)} ms, clocks off by 100`).to.equal(isRight);
    }
  });

  it('find a read of what is over', () => {
    const { commit, tell } = stage();
    commit([held('h1', [0])]);
    const read: Question = { kind: 'get-hold', holdToken: 'h1' };
    const answer = { kind: 'hold', hold: holdOf('h1', ['A1']), revision: undefined } as const;
    expect(tell(read, answer)).to.equal(undefined);
    commit([confirmed('h1', 'b1', [0])]);
    expect(tell(read, answer)).to.include('was not so while it was asked');
  });

  it('find a seat map that is of no revision, or not what its revision made', () => {
    const map = (revision: number, states: readonly number[], epoch = 1): Answer => ({
      kind: 'seat-map',
      epoch,
      revision,
      states: Uint8Array.from(states),
    });
    const tellMap = (answer: Answer): string | undefined => {
      const { commit, tell } = stage();
      commit([held('h1', [0])]);
      commit([confirmed('h1', 'b1', [0])]);
      return tell({ kind: 'seat-map' }, answer);
    };
    expect(tellMap(map(2, [Held, 1, 1, 1])), 'old, but it was so').to.equal(undefined);
    expect(tellMap(map(3, [Booked, 1, 1, 1]))).to.equal(undefined);
    expect(tellMap(map(3, [Held, 1, 1, 1]))).to.include('not what r3 made');
    expect(tellMap(map(4, [Booked, 1, 1, 1]))).to.include('not in the journal');
    expect(tellMap(map(3, [Booked, 1, 1, 1], 2))).to.include('names epoch 2');
  });

  it('find an internal error, and a no that nobody can be given', () => {
    expect(stage().tell(hold, { kind: 'bug', error: new Error('x') })).to.include('internal error');
    expect(stage().tell(hold, refused('REQUEST_ID_REUSED'))).to.include('nobody asked');
    expect(stage().tell(hold, { kind: 'failed', code: 'UNAVAILABLE', reason: 'OWNER_MOVING' })).to.equal(undefined);
  });
});

describe('the checks of what reads promise', () => {
  const list: Question = { kind: 'list-bookings' };
  const listed = (...bookingIds: readonly string[]): Answer => ({
    kind: 'bookings',
    bookings: bookingIds.map((bookingId) => {
      const times = { createTimeMs: EPOCH_MS, updateTimeMs: EPOCH_MS };
      return { screeningId: 's1', booking: { bookingId, buyerId: 'anna', seatIds: ['A1'], ...times } };
    }),
  });
  /** A booking was made at 0; its buyer asks for the list at this time. */
  const listAt = async (ms: number, answer: Answer, told = false): Promise<string | undefined> => {
    const { commit, tell, kernel } = stage();
    commit([booked('b1', [0])]);
    const booking = { ...onlyBooking(listed('b1')), seatIds: ['A1'] };
    if (told) tell({ kind: 'book', requestId: 'b1', seatIds: ['A1'] }, { kind: 'booking', booking, revision: 2 });
    await kernel.run(ms);
    return tell(list, answer);
  };
  const onlyBooking = (answer: Answer) => {
    if (answer.kind !== 'bookings' || answer.bookings[0] === undefined) throw new Error(answer.kind);
    return answer.bookings[0].booking;
  };

  it('allow a list that is as old as a cache may be, and no older', async () => {
    expect(await listAt(1_999, listed())).to.equal(undefined);
    expect(await listAt(2_000, listed())).to.include('it lacks it');
    expect(await listAt(2_000, listed('b1'))).to.equal(undefined);
  });

  it('find a list without what the same node had told its buyer', async () => {
    expect(await listAt(1, listed(), true)).to.include('it lacks it');
    expect(await listAt(1, listed('b1'), true)).to.equal(undefined);
  });

  it('find a list with what is not there, or is otherwise', async () => {
    expect(await listAt(1, listed('b2'))).to.include("is not the buyer's");
    const booking = { ...onlyBooking(listed('b1')), seatIds: ['A2'] };
    expect(await listAt(1, { kind: 'bookings', bookings: [{ screeningId: 's1', booking }] })).to.include('it has');
  });

  it('find a node that shows an older map than before', () => {
    const { commit, tell } = stage();
    const map = (revision: number, states: readonly number[]): Answer => ({
      kind: 'seat-map',
      epoch: 1,
      revision,
      states: Uint8Array.from(states),
    });
    commit([held('h1', [0])]);
    expect(tell({ kind: 'seat-map' }, map(1, [1, 1, 1, 1]))).to.equal(undefined);
    expect(tell({ kind: 'seat-map' }, map(2, [Held, 1, 1, 1]))).to.equal(undefined);
    expect(tell({ kind: 'seat-map' }, map(1, [1, 1, 1, 1]))).to.include('had shown r2 before');
  });
});

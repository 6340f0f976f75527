import { snapshotOf } from './snapshot-of.js';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ScreeningAnswer } from '../../../actors/screening/answers.js';
import { encodeTurn } from '../../../actors/screening/codec.js';
import { REQUEST_RETENTION_MS } from '../../../actors/screening/request-log.js';
import { Screening, type ScreeningTurn } from '../../../actors/screening/screening.js';
import { seatLayout } from '../../../actors/screening/seat-layout.js';
import { decodeSnapshot, encodeSnapshot } from '../../../actors/screening/snapshot-codec.js';
import { ask } from './ask.js';
import { Ledger } from './ledger.js';
import { commandOf, life, seatIds, type Known, type Mutation, type Named, type TurnWish } from './random-life.js';
import { ReadTables } from './read-tables.js';
import { openingMs, rules, terms } from './stage.js';

const layout = seatLayout(seatIds);
const blocked = [9];
const created = encodeTurn(openingMs, [{ kind: 'screening-created', terms, blockedSeats: blocked }]);

/** A screening that lived through random turns, and all that was seen of it. */
class Life {
  readonly screening = new Screening(layout, rules, 1);
  readonly journal = [{ revision: 1, events: created }];
  readonly snapshots: Uint8Array[] = [];
  readonly tables = new ReadTables();
  /** Mutations that had an effect, with their first answers. */
  readonly effects: { readonly command: Mutation; readonly answer: ScreeningAnswer; readonly timeMs: number }[] = [];
  readonly ledger = new Ledger(
    seatIds,
    blocked.map((seat) => `S${seat}`),
  );
  private readonly holds: Named[] = [];
  private readonly bookings: Named[] = [];
  private readonly commands: Mutation[] = [];
  private readonly map = new Uint8Array(seatIds.length).fill(1);
  private clockMs = openingMs;
  /** The time the screening goes by: never back. */
  timeMs = openingMs;

  constructor(turns: readonly TurnWish[]) {
    this.screening.replay(1, created);
    for (const seat of blocked) this.map[seat] = 4;
    this.snapshots.push(snapshotOf(this.screening));
    for (const turn of turns) this.run(turn);
  }

  known(): Known {
    const { holds, bookings, commands } = this;
    return { holds, bookings, commands, revision: this.screening.revision };
  }

  private run({ elapsedMs, wishes }: TurnWish): void {
    this.clockMs += elapsedMs;
    const revisionBefore = this.screening.revision;
    this.screening.beginTurn(this.clockMs);
    const lastChangeMs = this.timeMs;
    this.timeMs = Math.max(this.clockMs, lastChangeMs);
    this.ledger.passTo(this.timeMs);
    for (const wish of wishes) this.handle(commandOf(wish, this.known()));
    const shown = this.screening.handle(ask.seatStates(), '');
    const turn = this.screening.endTurn();
    this.checkSeats(shown);
    if (turn === undefined) {
      expect(this.screening.revision).to.equal(revisionBefore);
      // Nothing happened at that time, so the next turn need not know of it.
      this.timeMs = lastChangeMs;
    } else {
      expect(turn.revision).to.equal(revisionBefore + 1);
      this.commit(turn);
    }
    this.screening.recovered();
    this.snapshots.push(snapshotOf(this.screening));
  }

  private handle(command: Mutation): void {
    const before = snapshotOf(this.screening);
    const answer = this.screening.handle(command, `name-${this.commands.length}`);
    const effect = this.effects.find((known) => sameRequest(known.command, command));
    const isDry = (command.kind === 'hold-seats' || command.kind === 'book-seats') && command.validateOnly;
    if (effect !== undefined) {
      if (effect.command === command) expect(answer).to.deep.equal(effect.answer);
      else expectSameOrReused(effect, command, answer);
    } else if (!isDry) {
      this.ledger.note(command, answer, this.timeMs);
      if (answer.kind !== 'refused') this.effects.push({ command, answer, timeMs: this.timeMs });
      if (answer.kind === 'held') this.holds.unshift({ name: answer.hold.holdToken, ...answer.hold });
      if (answer.kind === 'booked') this.bookings.unshift({ name: answer.booking.bookingId, ...answer.booking });
    }
    this.commands.push(command);
    if (effect !== undefined || isDry || answer.kind === 'refused') {
      expect(Buffer.compare(snapshotOf(this.screening), before), `state after ${answer.kind}`).to.equal(0);
    }
  }

  /** Every seat has the owner its buyers were told of, and the counts say the same. */
  private checkSeats(answer: ScreeningAnswer): void {
    if (answer.kind !== 'seat-states') throw new Error(answer.kind);
    const { states, counts } = answer.seatStates;
    expect(states).to.deep.equal(this.ledger.states());
    const count = (state: number) => states?.filter((found) => found === state).length;
    expect(counts).to.deep.equal({ free: count(1), held: count(2), booked: count(3), blocked: count(4) });
    expect(counts.free + counts.held + counts.booked + counts.blocked).to.equal(layout.capacity);
  }

  private commit(turn: ScreeningTurn): void {
    this.journal.push({ revision: turn.revision, events: turn.events });
    if (turn.projection !== undefined) this.tables.apply(turn.projection);
    turn.change.seats.forEach((seat, position) => (this.map[seat] = turn.change.states[position] ?? 0));
    expect(this.map, 'the changes so far on top of the first map').to.deep.equal(this.ledger.states());
  }
}

function sameRequest(a: Mutation, b: Mutation): boolean {
  return a.buyerId === b.buyerId && a.requestId === b.requestId;
}

function expectSameOrReused(
  effect: { readonly command: Mutation; readonly answer: ScreeningAnswer },
  command: Mutation,
  answer: ScreeningAnswer,
): void {
  const isSameBody = JSON.stringify(effect.command) === JSON.stringify(command);
  expect(answer).to.deep.equal(
    isSameBody ? effect.answer : { kind: 'refused', refusal: { kind: 'request-id-reused' } },
  );
}

function replayed(
  rows: readonly { readonly revision: number; readonly events: Uint8Array }[],
  from = new Screening(layout, rules, 1),
) {
  for (const { revision, events } of rows) from.replay(revision, events);
  from.recovered();
  return from;
}

function restored(snapshot: Uint8Array): Screening {
  const screening = new Screening(layout, rules, 1);
  screening.restore(snapshot);
  return screening;
}

describe('a screening through any sequence of turns', function () {
  this.timeout(30_000);

  const holds = (check: (lived: Life) => void, numRuns = 150) =>
    fc.assert(
      fc.property(life, (turns) => check(new Life(turns))),
      { numRuns },
    );

  it('gives every seat at most one owner, tells every caller the truth and keeps its counts', () => {
    // The checks are in Life, at every command and turn.
    holds(() => undefined, 400);
  });

  it('comes out of its journal byte for byte', () => {
    holds((lived) => {
      const last = snapshotOf(lived.screening);
      expect(Buffer.compare(snapshotOf(replayed(lived.journal)), last)).to.equal(0);
      expect(Buffer.compare(Buffer.concat([...encodeSnapshot(decodeSnapshot(layout, last, 2))]), last)).to.equal(0);
    });
  });

  it('comes out of any of its snapshots and the rows after it byte for byte', () => {
    holds((lived) => {
      const last = snapshotOf(lived.screening);
      for (const snapshot of lived.snapshots) {
        const screening = restored(snapshot);
        const tail = lived.journal.filter(({ revision }) => revision > screening.revision);
        replayed(tail, screening);
        expect(Buffer.compare(snapshotOf(screening), last)).to.equal(0);
        expect(screening.wakeAtMs).to.equal(lived.screening.wakeAtMs);
      }
    });
  });

  it('answers every request the same again, also after a replay or a restore', () => {
    holds((lived) => {
      const screenings = [lived.screening, replayed(lived.journal), restored(snapshotOf(lived.screening))];
      for (const screening of screenings) {
        const before = snapshotOf(screening);
        screening.beginTurn(lived.timeMs);
        for (const { command, answer, timeMs } of lived.effects) {
          expect(lived.timeMs - timeMs).to.be.at.most(REQUEST_RETENTION_MS);
          expect(screening.handle(command, 'unused')).to.deep.equal(answer);
        }
        expect(screening.endTurn()).to.equal(undefined);
        expect(Buffer.compare(snapshotOf(screening), before)).to.equal(0);
      }
    });
  });

  it('has its bookings in the read tables, and no others', () => {
    holds((lived) => {
      expect(lived.tables.bookedSeats).to.deep.equal(lived.ledger.bookedSeats());
      const { bookings } = decodeSnapshot(layout, snapshotOf(lived.screening), 2);
      const active = [...lived.tables.bookings.values()].filter((row) => !row.cancelled);
      expect(
        active.map(({ bookingId, buyerId, seatIds: seats, createTimeMs }) => ({
          bookingId,
          buyerId,
          seats,
          createTimeMs,
        })),
      ).to.have.deep.members(
        [...bookings.values()].map((booking) => ({ ...booking, seats: booking.seats.map((seat) => `S${seat}`) })),
      );
    });
  });

  it('goes on from its journal or a snapshot just as it would have gone on', () => {
    fc.assert(
      fc.property(life, life, (before, after) => {
        const lived = new Life(before);
        const twins = [replayed(lived.journal), restored(snapshotOf(lived.screening))];
        let nowMs = lived.timeMs;
        for (const [turn, { elapsedMs, wishes }] of after.entries()) {
          nowMs += elapsedMs;
          const commands = wishes.map((wish) => commandOf(wish, lived.known()));
          const outcome = (screening: Screening) => {
            screening.beginTurn(nowMs);
            return {
              answers: commands.map((command, index) => screening.handle(command, `later-${turn}-${index}`)),
              turn: screening.endTurn(),
            };
          };
          const expected = outcome(lived.screening);
          for (const twin of twins) expect(outcome(twin)).to.deep.equal(expected);
        }
      }),
      { numRuns: 150 },
    );
  });
});

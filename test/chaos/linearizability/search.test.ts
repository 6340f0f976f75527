import { expect } from 'chai';
import { prng, type Prng } from '../../support/prng.js';
import { someOrderExists } from './every-order.js';
import type { Answered, Possible } from './progress.js';
import type { Replayable } from './replayable.js';
import { linearize } from './search.js';

/** A step on a row of doors. */
interface Door {
  readonly name: string;
  /** Doors that must be open, and doors that must be shut; then it opens one, which must be shut. */
  readonly open: readonly number[];
  readonly shut: readonly number[];
  readonly opens: number | undefined;
}

class Doors implements Replayable<Door> {
  private readonly opened: number[] = [];

  take({ open, shut, opens }: Door): 'taken' | 'impossible' {
    const isOpen = (door: number): boolean => this.opened.includes(door);
    if (!open.every(isOpen) || shut.some(isOpen) || (opens !== undefined && isOpen(opens))) return 'impossible';
    if (opens !== undefined) this.opened.push(opens);
    return 'taken';
  }

  helps({ opens }: Door, { open }: Door): boolean {
    return opens !== undefined && open.includes(opens);
  }

  mark(): number {
    return this.opened.length;
  }

  fingerprint(): string {
    return this.opened.toSorted().join();
  }

  undo(mark: number): void {
    this.opened.length = mark;
  }
}

interface Past {
  readonly answered: readonly Answered<Door>[];
  readonly possible: readonly Possible<Door>[];
}

/** Few steps on few doors, so that every order can be tried. */
function randomPast(chance: Prng): Past {
  const doors = [0, 1, 2, 3];
  const step = (name: string): Door => ({
    name,
    open: chance.some(doors, chance.whole(0, 1)),
    shut: chance.some(doors, chance.whole(0, 1)),
    opens: chance.chance(0.6) ? chance.pick(doors) : undefined,
  });
  const longestMs = chance.pick([3, 8]);
  const answered = Array.from({ length: chance.whole(1, 5) }, (_, index) => {
    const invokedMs = chance.whole(0, 10);
    return { step: step(`answered ${String(index)}`), invokedMs, returnedMs: invokedMs + chance.whole(0, longestMs) };
  }).sort((a, b) => a.invokedMs - b.invokedMs);
  // Some are impossible once another door is open, and the time of some is soon up.
  const possible = Array.from({ length: chance.whole(0, 3) }, (_, index) => ({
    step: step(`possible ${String(index)}`),
    invokedMs: chance.whole(0, 10),
    untilMs: chance.chance(0.4) ? Infinity : chance.whole(0, 15),
    after: chance.chance(0.3) ? chance.whole(0, answered.length - 1) : undefined,
  }));
  return { answered, possible };
}

/** Whether an order is one the definition allows. */
function isAllowed(order: readonly Door[], { answered, possible }: Past): boolean {
  const placeOf = (step: Door): number => order.indexOf(step);
  const doors = new Doors();
  return (
    order.every((step) => doors.take(step) === 'taken') &&
    answered.every((late) =>
      answered.every((early) => early.returnedMs >= late.invokedMs || placeOf(early.step) < placeOf(late.step)),
    ) &&
    possible.every(({ step, invokedMs, untilMs, after }) => {
      const place = placeOf(step);
      if (place === -1) return true;
      const isAfter = (other: Answered<Door> | undefined): boolean => placeOf(other?.step ?? step) < place;
      if (after !== undefined && !isAfter(answered[after])) return false;
      return answered.every(
        (other) => (other.returnedMs >= invokedMs || isAfter(other)) && (other.invokedMs <= untilMs || !isAfter(other)),
      );
    })
  );
}

/** The definition, word by word: some of the possible steps with all the answered ones, in some order. */
function someOrderIsAllowed(past: Past): boolean {
  const extend = (order: readonly Door[], left: readonly Door[], needed: number): boolean =>
    (needed === 0 && isAllowed(order, past)) ||
    left.some((step, index) =>
      extend([...order, step], left.toSpliced(index, 1), needed - (step.name.startsWith('answered') ? 1 : 0)),
    );
  return extend(
    [],
    [...past.answered, ...past.possible].map(({ step }) => step),
    past.answered.length,
  );
}

describe('The search for an order', () => {
  it('finds one exactly when trying all of them does, and the one it finds is allowed', function () {
    this.timeout(20_000);
    let found = 0;
    const pasts = 3_000;
    for (let number = 0; number < pasts; number += 1) {
      const past = randomPast(prng(String(number)));
      const result = linearize(new Doors(), past.answered, past.possible, 100_000);
      const expected = someOrderIsAllowed(past);
      expect(result.kind, JSON.stringify(past)).to.equal(expected ? 'linearizable' : 'impossible');
      expect(someOrderExists(new Doors(), past.answered, past.possible, 1_000_000)).to.equal(expected);
      if (result.kind !== 'linearizable') continue;
      found += 1;
      expect(isAllowed(result.order, past), JSON.stringify(past)).to.be.true;
      expect(result.order).to.include.members(past.answered.map(({ step }) => step));
    }
    expect(found).to.be.within(pasts * 0.2, pasts * 0.8);
  });

  it('says how far it got, and what had to come next', () => {
    const door = (name: string, more: Partial<Door>): Door => ({ name, open: [], shut: [], opens: undefined, ...more });
    const [first, stuck] = [door('first', { opens: 1 }), door('stuck', { shut: [1] })];
    const answered = [
      { step: first, invokedMs: 0, returnedMs: 1 },
      { step: stuck, invokedMs: 2, returnedMs: 3 },
    ];
    expect(linearize(new Doors(), answered, [], 10)).to.deep.equal({
      kind: 'impossible',
      longest: [first],
      stuck: [stuck],
    });
  });

  it('leaves the object as it was when there is none', () => {
    const doors = new Doors();
    const shut = { name: 'a', open: [], shut: [], opens: 1 };
    const step = { name: 'b', open: [2], shut: [], opens: 3 };
    const answered = [shut, step].map((each) => ({ step: each, invokedMs: 0, returnedMs: 1 }));
    expect(linearize(doors, answered, [], 10).kind).to.equal('impossible');
    expect(doors.mark()).to.equal(0);
  });

  it('of nothing is found', () => {
    expect(linearize(new Doors(), [], [], 10)).to.deep.equal({ kind: 'linearizable', order: [] });
  });
});

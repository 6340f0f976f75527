import { expect } from 'chai';
import fc from 'fast-check';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TableById } from '../../src/transport/table-by-id.js';

interface Entry {
  readonly value: number;
}

const LAST_ID = 0xffff_ffff;
// Few enough to fall together and to be walked around, and some at the end of the range.
const id = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.nat(20).map((back) => LAST_ID - back),
);
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('set' as const), id, value: fc.nat(9) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
);
const ordered = (entries: Iterable<Entry>): number[] => [...entries].map(({ value }) => value).sort();

describe('a table by id', () => {
  it('finds what a Map finds, whatever is set and deleted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const map = new Map<number, Entry>();
        const table = new TableById<Entry>();
        for (const each of steps) {
          if (each.kind === 'set') {
            map.set(each.id, { value: each.value });
            table.set(each.id, { value: each.value });
          } else if (each.kind === 'delete') expect(table.delete(each.id)).to.equal(map.delete(each.id));
          else {
            map.clear();
            table.clear();
          }
          expect(table.size).to.equal(map.size);
        }
        for (let number = 0; number <= 71; number += 1) {
          expect(table.get(number)).to.deep.equal(map.get(number));
          expect(table.has(LAST_ID - number)).to.equal(map.has(LAST_ID - number));
        }
        expect(ordered(table.values())).to.deep.equal(ordered(map.values()));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps one that stays apart from a million that come and go', () => {
    const table = new TableById<Entry>();
    table.set(3, { value: -1 });
    for (let number = 5; number < 2_000_000; number += 2) {
      table.set(number, { value: number });
      if (number > 204) table.delete(number - 200);
    }
    expect(table.size).to.equal(101);
    expect(table.get(3)).to.deep.equal({ value: -1 });
    expect(table.get(1_999_999)).to.deep.equal({ value: 1_999_999 });
  });

  for (const step of [1, 2])
    it(`finds one of 5,000 as soon as one of five, with ids that go up by ${String(step)}`, () => {
      const microsEach = (live: number): number => {
        const table = new TableById<Entry>();
        const entry = { value: 0 };
        let next = 1;
        const come = (times: number): void => {
          for (let time = 0; time < times; time += 1, next += step) {
            table.set(next, entry);
            if (next > live * step) table.delete(next - live * step);
          }
        };
        come(2 * live + 50_000);
        // The least of some: other programs can only add to it.
        const tries = Array.from({ length: 10 }, () => {
          const startedMs = performance.now();
          come(5_000);
          return ((performance.now() - startedMs) * 1_000) / 5_000;
        });
        return Math.min(...tries);
      };
      // Places that ids have to share make each wait for thousands before it.
      expect(microsEach(5_000)).to.be.below(20 * microsEach(5));
    });

  it('visits those that are there, though each visit deletes the rest', () => {
    const table = new TableById<Entry>();
    for (let number = 1; number <= 40; number += 1) table.set(number, { value: number });
    const visited: number[] = [];
    table.forEach(({ value }) => {
      visited.push(value);
      for (let number = 1; number <= 40; number += 1) if (number !== value) table.delete(number);
    });
    expect(visited).to.have.length(40);
  });

  it('leaves nothing in the old generation of what came and went, as a Map does', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (how?: { readonly type: 'minor' }) => void;
    setFlagsFromString('--no-expose-gc');
    const oldBytes = (): number =>
      getHeapSpaceStatistics()
        .filter(({ space_name: name }) => name.startsWith('old') || name === 'large_object_space')
        .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
    const grownBytes = (table: Pick<TableById<object>, 'set' | 'delete'> | Map<number, object>): number => {
      let mostBytes = 0;
      const come = (from: number, to: number): void => {
        for (let number = from; number < to; number += 1) {
          table.set(number, { body: new Array<number>(64).fill(number) });
          table.delete(number - 100);
          if (number % 5_000 !== 0) continue;
          collect({ type: 'minor' });
          mostBytes = Math.max(mostBytes, oldBytes());
        }
      };
      come(1, 1_000);
      collect();
      const before = oldBytes();
      come(1_000, 100_000);
      // Not what is there in the end: V8 may have collected all of it just before.
      return mostBytes - before;
    };
    const [map, table] = [grownBytes(new Map<number, object>()), grownBytes(new TableById<object>())];
    expect(map, 'of 55 MB: else there is nothing to avoid any more, and this table may go').to.be.above(1_000_000);
    expect(table).to.be.below(map / 4);
  });
});

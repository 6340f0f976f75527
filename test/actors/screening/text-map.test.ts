import { expect } from 'chai';
import fc from 'fast-check';
import { TextMap } from '../../../actors/screening/text-map.js';

const key = fc.oneof(
  fc.nat(60).map((number) => `buyer-${String(number)}`),
  fc.string({ maxLength: 3 }),
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('set' as const), key, value: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete oldest' as const), count: fc.nat(20) }) },
);

describe('a map of texts', () => {
  it('is a Map, in what it finds and in its order, whatever is set and deleted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.integer(), (steps, seed) => {
        const map = new Map<string, number>();
        const texts = new TextMap<number>(seed);
        for (const each of steps) {
          if (each.kind === 'set') {
            map.set(each.key, each.value);
            texts.set(each.key, each.value);
          } else if (each.kind === 'delete') expect(texts.delete(each.key)).to.equal(map.delete(each.key));
          else {
            for (const oldest of [...map.keys()].slice(0, each.count)) map.delete(oldest);
            let left = each.count;
            for (const [oldest] of texts) {
              if (left === 0) break;
              texts.delete(oldest);
              left -= 1;
            }
          }
          expect(texts.size).to.equal(map.size);
          if ('key' in each) {
            expect(texts.get(each.key)).to.equal(map.get(each.key));
            expect(texts.has(each.key)).to.equal(map.has(each.key));
          }
        }
        expect([...texts]).to.deep.equal([...map]);
        expect([...texts.values()]).to.deep.equal([...map.values()]);
        for (let number = 0; number <= 60; number += 1)
          expect(texts.get(`buyer-${String(number)}`)).to.equal(map.get(`buyer-${String(number)}`));
      }),
      { numRuns: 300 },
    );
  });

  it('holds 100,000 as well as ten, and gives their room back when they go', () => {
    const texts = new TextMap<number>(1);
    const nameOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    for (let number = 0; number < 100_000; number += 1) texts.set(nameOf(number), number);
    expect(texts.size).to.equal(100_000);
    for (let number = 0; number < 100_000; number += 1) expect(texts.get(nameOf(number))).to.equal(number);
    // Each new one for an old one, twenty times over: holes must not pile up.
    for (let number = 100_000; number < 2_000_000; number += 1) {
      texts.delete(nameOf(number - 100_000));
      texts.set(nameOf(number), number);
    }
    expect(texts.size).to.equal(100_000);
    expect([...texts.values()][0]).to.equal(1_900_000);
    expect((texts as unknown as { keys: unknown[] }).keys.length).to.be.at.most(400_000);
  });
});

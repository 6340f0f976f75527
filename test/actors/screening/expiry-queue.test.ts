import { expect } from 'chai';
import fc from 'fast-check';
import { ExpiryQueue } from '../../../actors/screening/expiry-queue.js';
import { Hold } from '../../../actors/screening/occupancy.js';
import { TextMap } from '../../../actors/screening/text-map.js';

type Step =
  | { readonly kind: 'put'; readonly token: number; readonly expireTimeMs: number }
  | { readonly kind: 'delete'; readonly token: number }
  | { readonly kind: 'look'; readonly nowMs: number; readonly limit: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put' as const), token: fc.nat(30), expireTimeMs: fc.nat(20) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), token: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      nowMs: fc.nat(22),
      limit: fc.integer({ min: 1, max: 12 }),
    }),
  },
);

function holdOf(token: number, expireTimeMs: number): Hold {
  const origin = { requestId: '', fingerprintHigh: 0, fingerprintLow: 0 };
  const at = { revision: 1, timeMs: 0 };
  return new Hold(`t${String(token).padStart(2, '0')}`, 'anna', [], origin, at, expireTimeMs, 20);
}

/** All holds, sorted: slow and obviously right. */
function inOrder(holds: Pick<TextMap<Hold>, 'values'>): readonly Hold[] {
  return [...holds.values()].sort((a, b) =>
    a.expireTimeMs === b.expireTimeMs ? (a.holdToken < b.holdToken ? -1 : 1) : a.expireTimeMs - b.expireTimeMs,
  );
}

describe('expiry queue', () => {
  it('knows the dead holds, each once, earliest first, whatever was moved or ended before', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 300 }), (steps) => {
        const holds = new TextMap<Hold>(1);
        const queue = new ExpiryQueue(holds);
        for (const next of steps) {
          if (next.kind === 'put') {
            const hold = holdOf(next.token, next.expireTimeMs);
            holds.set(hold.holdToken, hold);
            queue.add(hold);
          } else if (next.kind === 'delete') {
            holds.delete(holdOf(next.token, 0).holdToken);
          } else {
            const dead = inOrder(holds).filter((hold) => hold.expireTimeMs <= next.nowMs);
            expect(queue.due(next.nowMs, next.limit)).to.deep.equal(dead.slice(0, next.limit));
          }
          expect(queue.peek()).to.equal(inOrder(holds)[0]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('names a hold once although its end was set to the same time twice', () => {
    const hold = holdOf(1, 10);
    const holds = new TextMap<Hold>(1);
    holds.set(hold.holdToken, hold);
    const queue = new ExpiryQueue(holds);
    queue.add(hold);
    queue.add(hold);
    expect(queue.due(10, 5)).to.deep.equal([hold]);
    expect(queue.due(10, 5)).to.deep.equal([hold]);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { Handful } from '../../../src/transport/grpc/handful.js';

const items = Array.from({ length: 6 }, (_, number) => ({ number }));
const step = fc.record({ kind: fc.constantFrom('add' as const, 'delete' as const), item: fc.constantFrom(...items) });

describe('a handful', () => {
  it('has what a Set has, whatever is added and deleted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const set = new Set<object>();
        const handful = new Handful<object>();
        for (const { kind, item } of steps) {
          if (kind === 'add') {
            set.add(item);
            handful.add(item);
          } else expect(handful.delete(item)).to.equal(set.delete(item));
          const visited: object[] = [];
          handful.forEach((each) => visited.push(each));
          expect(visited).to.have.members([...set]);
          expect(handful.size).to.equal(set.size);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('shows all that are there at first, also when they are deleted meanwhile', () => {
    const handful = new Handful<object>();
    for (const item of items) handful.add(item);
    const visited: object[] = [];
    handful.forEach((item) => {
      visited.push(item);
      handful.delete(item);
    });
    expect(visited).to.have.members(items);
    expect(handful.size).to.equal(0);
  });
});

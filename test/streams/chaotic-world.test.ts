import fc from 'fast-check';
import { ChaoticWorld, type Step } from './chaotic-world.js';
import { Booked, Free, Held } from './stage.js';

const node = fc.nat(1);
const viewer = fc.nat(2);
const which = fc.nat(5);
const seats = fc.dictionary(fc.nat(5).map(String), fc.constantFrom(Free, Held, Booked), { maxKeys: 3 });

const steps: fc.Arbitrary<readonly [Step, number][]> = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('turn'), seats }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('take over') }) },
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constantFrom('deliver next', 'deliver', 'repeat', 'lose', 'hear', 'hear', 'deafen'),
          node,
          which,
        }),
      },
      {
        weight: 10,
        arbitrary: fc.record({
          kind: fc.constantFrom('answer', 'answer', 'answer', 'make answer', 'fail'),
          node,
          which,
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('answer as former owner'), node, which, epochsAgo: which }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('visit'), viewer, node }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave'), viewer }) },
    ),
    fc.nat(30),
  ),
  { minLength: 40, maxLength: 120 },
);

describe('a stream, whatever its bus and its owners do', function () {
  this.timeout(60_000);

  it('shows every viewer committed maps only, without a gap and never going back, and ends where the owner is', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (life) => {
        const world = new ChaoticWorld();
        try {
          for (const [step, pauseMs] of life) {
            world.act(step);
            await world.clock.pass(pauseMs);
          }
          await world.heal();
          world.expectHealed();
        } finally {
          world.close();
        }
      }),
      { numRuns: 200 },
    );
  });
});

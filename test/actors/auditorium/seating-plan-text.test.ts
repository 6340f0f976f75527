import { expect } from 'chai';
import fc from 'fast-check';
import { parseSeatingPlan } from '../../../actors/auditorium/parse-seating-plan.js';
import { parseSeatingPlanBytes } from '../../../actors/auditorium/parse-seating-plan-bytes.js';
import {
  readSeatingPlan,
  seatingPlanText,
  UnreadableSeatingPlan,
} from '../../../actors/auditorium/seating-plan-text.js';
import { rawPlan, rawSeat, realPlan, type RawPlan } from './plans.js';

const limits = { seatsMax: 1_000 };

const label = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text));
const point = fc.record({
  x: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  y: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
});

/** Any plan file that is right: labels repeat across rows and zones, positions may be missing but for seats. */
const anyPlan: fc.Arbitrary<RawPlan> = fc
  .record({
    name: label,
    categories: fc.uniqueArray(label, { minLength: 1, maxLength: 4 }),
    zones: fc.array(
      fc.record({
        name: label,
        position: fc.option(point, { nil: undefined }),
        rows: fc.array(
          fc.record({
            row_number: label,
            position: fc.option(point, { nil: undefined }),
            seats: fc.array(
              fc.record({ number: label, position: point, category: fc.nat(), wheelchair: fc.boolean() }),
              { maxLength: 5 },
            ),
          }),
          { maxLength: 4 },
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ name, categories, zones }) => {
    let seats = 0;
    const plan = rawPlan({
      name,
      categories: categories.map((category) => ({ name: category, color: '#abc' })),
      zones: zones.map((zone) => ({
        ...zone,
        rows: zone.rows.map((row) => ({
          ...row,
          seats: row.seats.map(({ number, position, category, wheelchair }) =>
            rawSeat(`seat-${++seats}`, {
              seat_number: number,
              position,
              category: categories[category % categories.length],
              wheelchair,
            }),
          ),
        })),
      })),
    });
    return seats > 0 ? plan : rawPlan();
  });

describe('a plan as it is kept', () => {
  it('is read back as it was, and written again as the same text', () => {
    fc.assert(
      fc.property(anyPlan, (raw) => {
        const parsed = parseSeatingPlan(raw, limits);
        if (parsed.kind === 'faults') throw new Error(JSON.stringify(parsed.faults));
        const text = seatingPlanText(parsed.plan);
        expect(readSeatingPlan(text)).to.deep.equal(parsed.plan);
        expect(seatingPlanText(readSeatingPlan(text))).to.equal(text);
      }),
      { numRuns: 300 },
    );
  });

  it('is a tenth of the file or little more', () => {
    for (const name of ['zal-10', 'riethsporthalle'] as const) {
      const bytes = realPlan(name);
      const parsed = parseSeatingPlanBytes(bytes, { seatsMax: 2_000 });
      if (parsed.kind === 'faults') throw new Error(name);
      const text = seatingPlanText(parsed.plan);
      expect(readSeatingPlan(text)).to.deep.equal(parsed.plan);
      expect(text.length).to.be.below(bytes.length / 7);
    }
  });

  it('of another format, or damaged, is refused', () => {
    const parsed = parseSeatingPlan(rawPlan(), limits);
    if (parsed.kind === 'faults') throw new Error();
    const text = seatingPlanText(parsed.plan);
    const damaged = ['', '[]', '{}', text.slice(1), text.replace('"format":1', '"format":2'), text.replace('"a"', '5')];
    for (const stored of [...damaged, text.replace(/"rows":.*/, '"rows":[7]}')]) {
      expect(() => readSeatingPlan(stored), stored).to.throw(UnreadableSeatingPlan);
    }
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { findJsonFault } from '../../../actors/auditorium/json-fault.js';
import { parseSeatingPlanBytes } from '../../../actors/auditorium/parse-seating-plan-bytes.js';
import { rawPlan } from './plans.js';

const limits = { seatsMax: 100 };

function problemOf(bytes: Uint8Array): string {
  const parsed = parseSeatingPlanBytes(bytes, limits);
  if (parsed.kind === 'plan') return 'none';
  expect(parsed.faults.map(({ path }) => path)).to.deep.equal(['$']);
  return parsed.faults.map(({ problem }) => problem).join();
}

describe('the bytes of a seating plan', () => {
  const text = JSON.stringify(rawPlan({ name: 'Зал 10' }), null, 2);

  it('may begin with a byte order mark', () => {
    expect(problemOf(Buffer.from(text))).to.equal('none');
    expect(problemOf(Buffer.from(`\ufeff${text}`))).to.equal('none');
  });

  it('that are not UTF-8 are a fault that says where', () => {
    const bytes = Buffer.from(text, 'utf8');
    const at = bytes.indexOf('Right');
    bytes[at] = 0xff;
    expect(problemOf(bytes)).to.equal(`is not UTF-8 near byte ${at}`);
    expect(problemOf(Buffer.from('"\u00e9', 'utf8').subarray(0, 2))).to.match(/^is not UTF-8 near byte/);
  });

  it('that are not JSON are a fault that names line and column', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['', 'a value at line 1, column 1'],
      ['{\n  "name": x\n}', 'a value at line 2, column 11'],
      ['{"name" 5}', ': at line 1, column 9'],
      ['{"a": 1,}', 'a name in quotes at line 1, column 9'],
      ['[1,\n2', ', or ] at line 2, column 2'],
      ['{"a": [1}', ', or ] at line 1, column 9'],
      ['{} {}', 'the end at line 1, column 4'],
      ['["a\nb"]', 'no control character in a text at line 1, column 4'],
      ['["\\x"]', 'an escape that JSON knows at line 1, column 3'],
      ['["abc', 'the quote that ends the text at line 1, column 6'],
      ['[01]', ', or ] at line 1, column 3'],
    ];
    for (const [json, fault] of cases)
      expect(problemOf(Buffer.from(json)), json).to.equal(`is not JSON: expected ${fault}`);
  });

  it('nested without end do not end the program', () => {
    expect(problemOf(Buffer.from('['.repeat(1_000_000)))).to.equal(
      'is not JSON: expected a value or ] at line 1, column 1000001',
    );
    expect(problemOf(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)))).to.equal('must be an object');
  });

  it('are found at fault exactly when JSON.parse refuses them', () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '0', '-', '.', 'e', 'x', ' ', '\u0001'),
        fc.boolean(),
      )
      .map(([json, at, put, isInsert]) => {
        const from = at % (json.length + 1);
        return json.slice(0, from) + put + json.slice(isInsert ? from : from + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged), (json) => {
        let refused = false;
        try {
          JSON.parse(json);
        } catch {
          refused = true;
        }
        expect(findJsonFault(json) !== undefined).to.equal(refused);
      }),
      { numRuns: 2_000 },
    );
  });
});

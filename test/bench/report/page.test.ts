import { expect } from 'chai';
import type { RawRun } from '../../../bench/report/raw-run.js';
import { reportPage } from '../../../bench/report/page.js';
import { isMet, type Target } from '../../../bench/scenario.js';

const run = (measured: number, side: Target['side']): RawRun => ({
  scenario: 'growth',
  title: 'Growth',
  about: 'What grows.',
  startedAt: '2026-11-28T18:10:00.000Z',
  commit: 'a532862',
  seconds: 1,
  machine: {
    cpu: 'a CPU',
    cores: 2,
    memoryGib: 24,
    system: 'Linux',
    node: 'v20',
    allocator: 'jemalloc',
    openFilesMax: 20_000,
    speed: 2_000,
  },
  outcome: {
    figures: {},
    tables: [{ title: 'Costs', columns: ['what', 'us'], rows: [['a | b', measured]] }],
    charts: [],
    targets: [{ what: 'cost', measured, bound: 1.2, side }],
    faults: [],
    notes: [],
  },
});

/** As the page is made: from what was written as JSON. */
const pageOf = (one: RawRun): string => reportPage([JSON.parse(JSON.stringify(one)) as RawRun]);

describe('the report of the benchmarks', () => {
  it('tells a target that was reached and one that was missed', () => {
    expect(pageOf(run(1.1, 'at most'))).to.include('| [cost](#growth) | at most 1.2 | 1.1 | reached |');
    expect(pageOf(run(1.3, 'at most'))).to.include('| [cost](#growth) | at most 1.2 | 1.3 | **missed** |');
    expect(pageOf(run(1.1, 'at least'))).to.include('| [cost](#growth) | at least 1.2 | 1.1 | **missed** |');
  });

  it('takes no target for reached that was not measured', () => {
    for (const side of ['at most', 'at least'] as const) {
      for (const measured of [NaN, Infinity, -Infinity]) {
        expect(isMet({ what: 'cost', measured, bound: 1.2, side })).to.equal(false);
        expect(pageOf(run(measured, side))).to.include(`| [cost](#growth) | ${side} 1.2 | not measured | **missed** |`);
      }
    }
  });

  it('shows a cell that is no number as not measured', () => {
    expect(pageOf(run(NaN, 'at most'))).to.include('| a \\| b | not measured |');
    expect(reportPage([run(NaN, 'at most')])).to.include('| a \\| b | not measured |');
  });
});

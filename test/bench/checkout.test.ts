import { expect } from 'chai';
import { readGhzReport, type GhzRun } from '../../bench/ghz/ghz-report.js';
import { outcomeOf } from '../../bench/scenarios/checkout.js';

describe('the outcome of hold, then confirm', () => {
  /** A hundred requests, each answered after so long. */
  function round(latencyMs: number): GhzRun {
    const details = Array.from({ length: 100 }, (_, index) => {
      const timestamp = new Date(1_700_000_000_000 + index * 10).toISOString();
      return { timestamp, latency: latencyMs * 1e6, error: '', status: 'OK' };
    });
    return readGhzReport(JSON.stringify({ details }), 0);
  }

  it('tells the latency of each round by itself, and of all together', () => {
    const swept = { oversold: 0, lost: 0, faults: [] };
    const { tables, figures } = outcomeOf([round(1), round(100)], [round(2), round(200)], swept);
    const [table] = tables;
    const column = table?.columns.indexOf('mean ms') ?? -1;
    const means = table?.rows.map((row) => Math.round(Number(row[column])));
    expect(means).to.deep.equal([1, 100, 2, 200]);
    expect(figures).to.have.property('hold_latency').with.property('mean_ms').closeTo(50.5, 0.1);
  });
});

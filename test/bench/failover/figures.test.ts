import { expect } from 'chai';
import { missedTargets, NO_FIGURES, together } from '../../../bench/failover/figures.js';
import { percentile } from '../../../bench/failover/percentile.js';
import { figureTable } from '../../../bench/failover/table.js';

describe('the figures of the failover benchmark', () => {
  it('adds what several parts count, and takes over what one part tells', () => {
    const drain = { drain_pause_p99_ms: 40, failed_requests: 1, lost: 0, commands: 10 };
    const rolling = { failed_requests: 2, lost: 1, commands: 5 };
    const figures = together(together(NO_FIGURES, drain), rolling);
    expect(figures).to.include({ drain_pause_p99_ms: 40, failed_requests: 3, lost: 1, commands: 15, kills: null });
  });

  it('misses a target only when a figure is not within it', () => {
    expect(missedTargets(NO_FIGURES)).to.deep.equal([]);
    expect(missedTargets({ ...NO_FIGURES, failover_p99_ms: 3_000, failed_requests: 0 })).to.deep.equal([]);
    expect(missedTargets({ ...NO_FIGURES, failover_p99_ms: 3_001, failed_requests: 1, double_sold: 1 })).to.deep.equal([
      'failover_p99_ms',
      'failed_requests',
      'double_sold',
    ]);
  });

  it('misses the target of what had no samples, and says so', () => {
    const figures = { ...NO_FIGURES, drain_pause_p99_ms: percentile([], 99), calm_pause_p99_ms: percentile([], 99) };
    expect(missedTargets(figures)).to.deep.equal(['drain_pause_p99_ms']);
    const lines = figureTable(figures);
    expect(lines.find((line) => line.includes('pause by a drain, p99')))
      .to.include('no samples')
      .and.include('MISSED');
    expect(lines.find((line) => line.includes('when nothing moves')))
      .to.include('no samples')
      .and.not.include('MISSED');
  });

  it('takes the nearest rank for a percentile', () => {
    const values = Array.from({ length: 400 }, (_, index) => index + 1);
    expect(percentile(values, 50)).to.equal(200);
    expect(percentile(values, 99)).to.equal(396);
    expect(percentile([7], 99)).to.equal(7);
  });
});

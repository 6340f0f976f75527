import { expect } from 'chai';
import { readGhzReport } from '../../bench/ghz/ghz-report.js';
import { outcomeOf, type Round } from '../../bench/scenarios/screenings.js';

describe('the outcome of one hot screening against many', () => {
  /** Two seconds at a rate. */
  function round(rps: number, nodeCpuMicros: number): Round {
    const details = Array.from({ length: rps * 2 + 1 }, (_, index) => {
      const timestamp = new Date(1_700_000_000_000 + (index / rps) * 1_000).toISOString();
      return { timestamp, latency: 0, error: '', status: 'OK' };
    });
    return { run: readGhzReport(JSON.stringify({ details }), 0), nodeCpuMicros, faults: [] };
  }

  it('says how busy the node was with the holds and with the floor, by what was measured', () => {
    const [hot, many, floor] = [[round(1_000, 400)], [round(900, 400)], [round(2_000, 250)]];
    const { notes, figures } = outcomeOf([{ callers: 512, hot, many, floor }]);
    expect(notes[0]).to.include('0.50 with 512 callers (the node is busy 0.40 of a core with the holds and 0.50 with');
    expect(figures).to.have.property('floor_busy_cores').with.property('512').closeTo(0.5, 0.01);
  });
});

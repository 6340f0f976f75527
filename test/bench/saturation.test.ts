import { expect } from 'chai';
import { readGhzReport } from '../../bench/ghz/ghz-report.js';
import { climb, rateLadder } from '../../bench/ghz/rate-ladder.js';
import { isCarried, outcomeOf, type Step } from '../../bench/ghz/saturation-outcome.js';

describe('the search for saturation', () => {
  const SECONDS = 2;
  const noFaults = { oversold: 0, lost: 0, faults: [] };

  /** A rate of which some requests were not accepted. */
  function stepAt(rate: number, refused = 0, failed = 0): Step {
    const requests = rate * SECONDS;
    const details = Array.from({ length: requests }, (_, index) => {
      const status = index < refused ? 'ResourceExhausted' : index < refused + failed ? 'Unavailable' : 'OK';
      const endMs = 1_700_000_000_000 + (index / rate) * 1_000;
      return { timestamp: new Date(endMs).toISOString(), latency: 1e6, error: '', status };
    });
    const run = readGhzReport(JSON.stringify({ details }), 0);
    return { rate, run, accepted: run.measured.accepted / requests };
  }

  it('goes on above its rates by a quarter, as long as there is a seat for every request', () => {
    expect([...rateLadder([1_000, 20_000], 7, 200_000)]).to.deep.equal([1_000, 20_000, 25_000]);
    expect([...rateLadder([1_000, 20_000], 10, 150_000)]).to.deep.equal([1_000]);
  });

  it('ends with the first rate that is not carried', async () => {
    const offer = (rate: number): Promise<number> => Promise.resolve(rate);
    const rates = rateLadder([100, 200], 1, 1_000);
    expect(await climb(rates, offer, (rate) => rate < 250)).to.deep.equal({ steps: [100, 200, 250], isBroken: true });
    expect(await climb([100, 200], offer, () => true)).to.deep.equal({ steps: [100, 200], isBroken: false });
  });

  it('tells the highest rate that was carried when a higher one was not', () => {
    const steps = [stepAt(1_000), stepAt(2_000), stepAt(2_500, 1_000)];
    expect(steps.map(isCarried)).to.deep.equal([true, true, false]);
    const { figures, targets, notes, faults } = outcomeOf({ steps, isBroken: true }, stepAt(1_600), noFaults);
    expect(figures).to.include({ saturation_rps: 2_000, highest_carried_rps: 2_000 });
    expect(targets[0]?.what).to.equal('accepted / offered at 80 % of saturation');
    expect(notes.join(' ')).to.not.include('not reached');
    expect(faults).to.deep.equal([]);
  });

  it('says that saturation was not reached when every rate was carried', () => {
    const steps = [stepAt(1_000), stepAt(2_000)];
    const { figures, targets, notes } = outcomeOf({ steps, isBroken: false }, stepAt(1_600), noFaults);
    expect(figures).to.include({ saturation_rps: 'not reached: at least 2,000', highest_carried_rps: 2_000 });
    expect(targets[0]?.what).to.include('2,000/s (saturation was not reached)');
    expect(notes.join(' ')).to.include('at least 2,000/s');
  });

  it('looks the mean of the claim up at its load, not at the most that was carried', () => {
    const steps = [stepAt(4_000), stepAt(6_000), stepAt(8_000)];
    const { targets } = outcomeOf({ steps, isBroken: false }, stepAt(6_400), noFaults);
    expect(targets.map(({ what }) => what)).to.include('classic claim: mean latency at 6,000/s, ms');
  });

  it('lets nobody be refused or left alone at a rate that is carried', () => {
    const faultsWith = (refused: number, failed: number): readonly string[] =>
      outcomeOf({ steps: [stepAt(2_000, refused, failed)], isBroken: false }, stepAt(1_600), noFaults).faults;
    expect(faultsWith(2, 2)).to.deep.equal([]);
    expect(faultsWith(5, 0)).to.deep.equal(['5 of 4000 requests were refused and 0 failed at 2000/s']);
    expect(faultsWith(0, 5)).to.deep.equal(['0 of 4000 requests were refused and 5 failed at 2000/s']);
    expect(faultsWith(3, 2)).to.have.length(1);
  });

  it('is at fault when nothing was carried', () => {
    const { faults, figures } = outcomeOf({ steps: [stepAt(1_000, 500)], isBroken: true }, stepAt(1), noFaults);
    expect(faults).to.deep.equal(['not even the lowest rate was carried']);
    expect(figures).to.include({ saturation_rps: 0 });
  });
});

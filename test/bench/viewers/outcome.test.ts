import { build } from 'hdr-histogram-js';
import { expect } from 'chai';
import { latencyHistogram } from '../../../bench/load/latency.js';
import type { Outcome } from '../../../bench/scenario.js';
import { isMet } from '../../../bench/scenario.js';
import type { Name } from '../../../bench/viewers/contestant.js';
import { outcomeOf } from '../../../bench/viewers/outcome.js';
import type { StepResult } from '../../../bench/viewers/rounds.js';
import type { RushResult } from '../../../bench/viewers/rush.js';

describe('the outcome of the benchmark of viewers', () => {
  const names: readonly Name[] = ['ours', 'bare', 'socketio'];

  function step(name: Name, viewers: number, lastMs: readonly number[], cpuMicrosPerMessage: number): StepResult {
    const latencyMs = build();
    latencyMs.recordValue(10);
    const rest = { connectSeconds: 1, changesPerSecond: 1, residentBytes: 0 };
    return { name, viewers, latencyMs, lastMs, cpuMicrosPerMessage, ...rest };
  }

  function rush(acceptedPerSecond: number, meanMs: number, lastMs: readonly number[]): RushResult {
    const latencyMicros = latencyHistogram();
    if (acceptedPerSecond > 0) latencyMicros.recordValue(meanMs * 1_000);
    const accepted = acceptedPerSecond * 10;
    const rest = { viewers: 100_000, offeredPerSecond: 5_000, errors: 0, oversold: 0, lost: 0 };
    return { acceptedPerSecond, accepted, latencyMicros, lastMs, ...rest };
  }

  function outcome(viewers: number, ...rushed: readonly RushResult[]): Outcome {
    const steps = names.map((name) => step(name, viewers, [800, 900], name === 'bare' ? 9 : 12));
    const right = new Map(names.map((name) => [name, viewers]));
    return outcomeOf({ steps, right, rushed, sold: 2, faults: [] }, viewers);
  }

  const missed = ({ targets }: Outcome): string[] => targets.filter((each) => !isMet(each)).map(({ what }) => what);

  it('judges the holds while nothing is sent to viewers, and those while they are told of sales', () => {
    const good = rush(4_990, 100, []);
    expect(missed(outcome(100_000, good, rush(4_990, 100, [900])))).to.deep.equal([]);
    expect(missed(outcome(100_000, good, rush(3_000, 300, [900])))).to.deep.equal([
      'durable holds per second while they watch a screening that is sold',
      'mean latency of holds while they watch a screening that is sold, ms',
    ]);
    expect(missed(outcome(100_000, rush(3_000, 100, []), good))).to.deep.equal([
      'durable holds per second while they watch a screening that is not sold',
    ]);
  });

  it('tells in its notes what was measured, of as many viewers as there were', () => {
    const notes = outcome(600, rush(500, 20, []), rush(500, 30, [40, 60])).notes.join('\n');
    expect(notes).to.include('200 messages a second to 600');
    expect(notes).to.include(
      'One change to 600 viewers took the servers 0.0072 s of CPU and was with the last viewer after 850 ms',
    );
    expect(notes).to.include('a mean of 20 ms with no sales that all of them see, a mean of 30 ms with 2 sales');
    expect(notes).to.not.match(/100,00\d|33,000|two cores/);
  });

  it('takes the latency of no holds for no latency', () => {
    expect(missed(outcome(100_000, rush(0, 0, [])))).to.have.length(2);
  });
});

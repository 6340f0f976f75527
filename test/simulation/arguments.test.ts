import { expect } from 'chai';
import { readSimulationArguments } from './arguments.js';

describe('the arguments of npm run test:simulation', () => {
  it('are a minute of seeds nobody has seen when there are none', () => {
    expect(readSimulationArguments([])).to.deep.equal({
      ...{ from: undefined, seeds: Infinity, seconds: 60, trace: false },
    });
  });

  it('are one seed, some from another on, or as many as there is time for', () => {
    expect(readSimulationArguments(['--seed', '0', '--trace'])).to.deep.equal({
      ...{ from: 0, seeds: 1, seconds: Infinity, trace: true },
    });
    expect(readSimulationArguments(['--from', '7', '--seeds', '3'])).to.deep.equal({
      ...{ from: 7, seeds: 3, seconds: Infinity, trace: false },
    });
    expect(readSimulationArguments(['--seconds', '5'])).to.include({ seeds: Infinity, seconds: 5 });
  });

  it('are refused when no seed would be run, or nobody knows which', () => {
    const problems = {
      '--seeds 0': '--seeds must be a whole number from 1 to 2^32 - 1',
      '--seconds 0': '--seconds must be a whole number from 1 to 2^32 - 1',
      '--seed 4294967296': '--seed must be a whole number from 0 to 2^32 - 1',
      '--from 1.5': '--from must be a whole number from 0 to 2^32 - 1',
      '--help': "Unknown option '--help'",
      '--seed': "Option '--seed <value>' argument missing",
    };
    for (const [line, problem] of Object.entries(problems))
      expect(readSimulationArguments(line.split(' ')), line).to.deep.equal({ problem });
  });
});

import { expect } from 'chai';
import { MachineUnfit } from '../../bench/machine.js';
import { measureEach } from '../../bench/measure-each.js';
import type { RawRun } from '../../bench/report/raw-run.js';
import type { Outcome, Scenario } from '../../bench/scenario.js';

const scenario = (name: string): Scenario => ({
  name,
  title: name,
  about: '',
  run: () => Promise.reject(new Error('is not called')),
});

function runOf({ name, title, about }: Scenario, faults: Outcome['faults'] = []): RawRun {
  return {
    ...{ scenario: name, title, about, startedAt: '2031-05-01T20:00:00Z', commit: 'abc', seconds: 1 },
    machine: {
      ...{ cpu: 'any', cores: 2, memoryGib: 8, system: 'any', node: 'v20' },
      ...{ allocator: 'system', openFilesMax: null, speed: 1 },
    },
    outcome: { figures: { of: name }, tables: [], charts: [], targets: [], faults, notes: [] },
  };
}

describe('the scenarios of a benchmark', () => {
  const told: string[] = [];
  const listener = {
    measured: ({ scenario: name }: RawRun) => {
      told.push(`${name} measured`);
      return Promise.resolve();
    },
    unfit: ({ name }: Scenario, { message }: MachineUnfit) => void told.push(`${name}: ${message}`),
  };
  beforeEach(() => void told.splice(0));

  it('go on after one that the machine cannot carry', async () => {
    const measure = async (each: Scenario): Promise<RawRun> => {
      if (each.name === 'sold by ghz') throw new MachineUnfit('there is no go on PATH');
      return runOf(each);
    };
    const scenarios = ['peers', 'sold by ghz', 'growth'].map(scenario);
    expect(await measureEach(scenarios, measure, listener)).to.deep.equal({
      figures: { peers: { of: 'peers' }, growth: { of: 'growth' } },
      unfit: 1,
      faults: 0,
    });
    expect(told).to.deep.equal(['peers measured', 'sold by ghz: there is no go on PATH', 'growth measured']);
  });

  it('go on after one with a fault, which is counted', async () => {
    const measure = async (each: Scenario): Promise<RawRun> =>
      runOf(each, each.name === 'a' ? ['1 seat was lost'] : []);
    const { faults, unfit } = await measureEach(['a', 'b'].map(scenario), measure, listener);
    expect({ faults, unfit }).to.deep.equal({ faults: 1, unfit: 0 });
    expect(told).to.deep.equal(['a measured', 'b measured']);
  });

  it('end at a failure that is no matter of the machine', async () => {
    const measured = measureEach(['a', 'b'].map(scenario), () => Promise.reject(new TypeError('a bug')), listener);
    expect(await measured.catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    expect(told).to.deep.equal([]);
  });
});

import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { MachineUnfit } from '../../bench/machine.js';
import { measureScenario } from '../../bench/measure-scenario.js';
import type { Outcome, Scenario } from '../../bench/scenario.js';

describe('a scenario of the benchmark', () => {
  const homes: string[] = [];
  const scenarioWith = (faults: Outcome['faults']): Scenario => ({
    name: 'example',
    title: 'An example',
    about: 'It measures nothing.',
    run({ home }) {
      expect(existsSync(home)).to.equal(true);
      homes.push(home);
      return Promise.resolve({ figures: { rps: 1 }, tables: [], charts: [], targets: [], faults, notes: [] });
    },
  });
  const onFault = (fault: string): never => expect.fail(`told twice: ${fault}`);
  const changed = (): (() => never) => () => {
    throw new MachineUnfit('the machine changed');
  };
  afterEach(() => {
    for (const home of homes.splice(0)) expect(existsSync(home), 'its folder is gone').to.equal(false);
  });

  it('is told with what it found, its faults included', async () => {
    const raw = await measureScenario(scenarioWith(['2 seats had two owners']), {
      isShort: true,
      onFault,
      watch: () => () => undefined,
    });
    expect(raw.scenario).to.equal('example');
    expect(raw.outcome.figures).to.deep.equal({ rps: 1 });
    expect(raw.outcome.faults).to.deep.equal(['2 seats had two owners']);
  });

  it('has no figures of a machine that changed, but does not keep a fault to itself', async () => {
    const faults: string[] = [];
    const measured = measureScenario(scenarioWith(['2 seats had two owners']), {
      isShort: true,
      onFault: (fault) => faults.push(fault),
      watch: changed,
    });
    expect(await measured.catch((error: unknown) => error)).to.be.instanceOf(MachineUnfit);
    expect(faults).to.deep.equal(['2 seats had two owners']);
  });
});

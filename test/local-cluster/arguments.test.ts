import { expect } from 'chai';
import { readClusterArguments } from '../../src/local-cluster/arguments.js';

describe('the command line of npm run cluster', () => {
  it('asks for three nodes at the usual ports unless told otherwise', () => {
    const usual = { nodes: 3, ports: 'usual', configFile: 'cluster.config.json' };
    expect(readClusterArguments([])).to.deep.equal(usual);
    expect(readClusterArguments(['--nodes', '16', '--ports=free', '--config', 'c.json'])).to.deep.equal({
      ...{ nodes: 16, ports: 'free', configFile: 'c.json' },
    });
  });

  for (const [args, problem] of [
    [['--nodes', '0'], '--nodes must be 1 to 16'],
    [['--nodes', '17'], '--nodes must be 1 to 16'],
    [['--nodes', '3.0'], '--nodes must be 1 to 16'],
    [['--ports', '50051'], '--ports must be usual or free'],
    [['--config='], '--config needs a value'],
    [['--node', '3'], "Unknown option '--node'"],
    [['5'], "Unexpected argument '5'"],
  ] satisfies [string[], string][]) {
    it(`is refused in a few words: ${args.join(' ')}`, () => {
      const refused = readClusterArguments(args);
      expect(refused)
        .to.have.property('problem')
        .that.matches(new RegExp(`^${problem}[^\\n]*$`));
    });
  }
});

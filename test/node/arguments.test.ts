import { expect } from 'chai';
import { readArguments, UsageError } from '../../src/node/arguments.js';

describe('the command line of a node', () => {
  it('names a configuration file and a node, or leaves both to their defaults', () => {
    expect(readArguments([])).to.deep.equal({});
    expect(readArguments(['--config', 'a.json', '--node', 'node-2'])).to.deep.equal({
      configFile: 'a.json',
      nodeId: 'node-2',
    });
    expect(readArguments(['--node=node-2'])).to.deep.equal({ nodeId: 'node-2' });
  });

  const wrong: [string[], string][] = [
    [['--port', '1'], "Unknown option '--port'"],
    [['-c'], "Unknown option '-c'"],
    [['node-2'], "Unexpected argument 'node-2'"],
    [['--config'], "Option '--config <value>' argument missing"],
    [['--config', '--node', 'n'], "Option '--config' argument is ambiguous"],
    [['--node='], '--node needs a value'],
    [['--node', 'a', '--node', 'b'], '--node is given 2 times'],
  ];
  for (const [args, problem] of wrong) {
    it(`is refused in a sentence: ${args.join(' ')}`, () => {
      expect(() => readArguments(args)).to.throw(
        UsageError,
        new RegExp(`^${problem}[^\\n]*\\nusage: npm start [^\\n]*$`),
      );
    });
  }
});

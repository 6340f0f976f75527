import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const program = fileURLToPath(new URL('../src/main.js', import.meta.url));

describe('the program', function () {
  this.timeout(20_000);

  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  it('ends with 2 and its usage when the command line is wrong', () => {
    expect(run('--port', '1')).to.deep.equal({
      status: 2,
      stdout: '',
      stderr: "Unknown option '--port'\nusage: npm start -- [--config FILE] [--node ID]\n",
    });
  });

  it('ends with 1 and a sentence when the configuration is wrong', () => {
    const { status, stderr } = run('--config', '/nowhere/cluster.config.json');
    expect(status).to.equal(1);
    expect(stderr).to.equal('there is no file /nowhere/cluster.config.json\n');
  });
});

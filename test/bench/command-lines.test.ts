import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

/** Runs a benchmark to its end. */
function bench(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): { readonly exitCode: number | null; readonly said: string } {
  const program = fileURLToPath(new URL(`../../bench/${name}.js`, import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    timeout: 15_000,
    env,
  });
  return { exitCode: status, said: stderr };
}

describe('the command line of a benchmark', function () {
  this.timeout(60_000);

  for (const [name, option, value] of [
    ['loadtest', '--callers', '0'],
    ['loadtest', '--seconds', 'x'],
    ['loadtest', '--rounds', '1e3'],
    ['profile', '--seconds', 'x'],
    ['profile', '--before', '-1'],
    ['failover', '--kills', '0'],
    ['failover', '--nodes', '16'],
    ['main', '--only', 'nothing'],
    ['main', '--json', 'nowhere/figures.json'],
    ['loadtest', '--json', 'nowhere/figures.json'],
    ['failover', '--json', 'nowhere/figures.json'],
    ['failover', '--samples', 'nowhere/samples.json'],
  ] as const) {
    it(`of ${name} refuses ${option} ${value} and starts nothing`, () => {
      const { exitCode, said } = bench(name, [option, value]);
      expect(said).to.match(new RegExp(`^error: option '${option} <.*>' argument '${value}' is invalid`));
      expect(exitCode).to.equal(2);
    });
  }

  for (const [name, ...args] of [
    ['failover'],
    ['main', '--only', 'peers', '--short'],
    ['main', '--only', 'viewers', '--short'],
    ['main', '--only', 'growth', '--short'],
  ] as const) {
    it(`of ${[name, ...args].join(' ')} says in a sentence that there is no Redis`, () => {
      // No apt-get either, so that none is installed.
      const { exitCode, said } = bench(name, args, { ...process.env, PATH: '' });
      expect(said)
        .to.match(/^No figures( of \w+)?: no redis-server: /)
        .and.not.include('    at ');
      expect(exitCode).to.equal(1);
    });
  }
});

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';

const SIGNALS_EVERY_MS = 300;

/** What somebody who stops a benchmark finds afterwards. */
describe('a benchmark that is interrupted', function () {
  this.timeout(60_000);
  let home: string;
  let child: ChildProcess;
  let said: string;
  let impatience: NodeJS.Timeout | undefined;
  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'cinema-interrupted-'));
  });
  afterEach(async () => {
    clearInterval(impatience);
    child.kill('SIGKILL');
    for (const { pid } of processes()) process.kill(pid, 'SIGKILL');
    await rm(home, { recursive: true, maxRetries: 5 });
  });

  /** Those that have the folder among their arguments: nodes, databases, generators. */
  const processes = (): { readonly pid: number; readonly args: string }[] =>
    spawnSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line.includes(home))
      .map((line) => ({ pid: Number.parseInt(line, 10), args: line.trim() }));

  const hasChild = (program: string): boolean =>
    spawnSync('ps', ['-A', '-ww', '-o', 'ppid=,args='], { encoding: 'utf8' })
      .stdout.split('\n')
      .some((line) => Number.parseInt(line, 10) === child.pid && line.includes(`${program}.js`));

  /** A database is being started, and a node next: nothing is there yet that could be asked to stop. */
  const isStarting = (): boolean => {
    try {
      return readdirSync(home, { recursive: true }).some((file) => String(file).endsWith('owner.pid'));
    } catch {
      return false; // folders come and go while it looks
    }
  };

  const start = (name: string, ...args: readonly string[]): void => {
    const program = fileURLToPath(new URL(`../../bench/${name}.js`, import.meta.url));
    said = '';
    child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, TMPDIR: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  };

  /** Impatiently: no signal after the first may cut short what that started. */
  const interrupt = async (): Promise<void> => {
    child.kill('SIGINT');
    impatience = setInterval(() => child.kill('SIGINT'), SIGNALS_EVERY_MS);
    const [exitCode] = (await once(child, 'exit')) as unknown[];
    expect(processes().map(({ args }) => args)).to.deep.equal([]);
    expect(await readdir(home)).to.deep.equal([]);
    expect({ exitCode, said: said.trim() }).to.deep.equal({ exitCode: 130, said: 'stopping what was started' });
  };

  for (const [name, ...args] of [
    ['loadtest'],
    ['profile', '--out', os.tmpdir()],
    ['failover'],
    ['main', '--only', 'peers', '--short'],
    ['main', '--only', 'viewers', '--short'],
    ['main', '--only', 'growth', '--short'],
  ] as const) {
    it(`leaves nothing of ${[name, ...args].join(' ')} that was just being started`, async () => {
      start(name, ...args);
      await eventually('a database to be started', () => isStarting() || child.exitCode !== null, 30_000);
      await interrupt();
    });
  }

  // While the first are started its own client of their Redis is there; once the others are, these have clients, too.
  for (const server of ['bare-server', 'socket-io-server']) {
    it(`tells nothing of what goes away with it once a ${server} is being started`, async () => {
      start('main', '--only', 'viewers', '--short');
      await eventually('the server to be started', () => hasChild(server) || child.exitCode !== null, 30_000);
      await interrupt();
    });
  }
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { isAlive, isServing } from './alive.js';

const inSource = (file: string): string => fileURLToPath(new URL(`../../src/${file}`, import.meta.url));

interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  output(): string;
}

describe('npm run cluster', function () {
  this.timeout(120_000);
  let folder: string;
  let database: TestDatabase;
  const programs: Program[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-launcher-'));
    database = await freshDatabase();
    await writeFile(path.join(folder, 'cluster.config.json'), JSON.stringify({ demoData: true }));
  });
  afterEach(async () => {
    for (const { child } of programs.splice(0)) child.kill('SIGKILL');
    await eventually('every node to end', () => !pids.some(isAlive), 30_000);
    pids.length = 0;
    await database.drop();
    await rm(folder, { recursive: true });
  });
  const pids: number[] = [];

  const run = (file: string, ...args: string[]): Program => {
    const child = spawn(process.execPath, [inSource(file), ...args], {
      cwd: folder,
      env: { ...process.env, DATABASE_URL: database.url, REDIS_URL: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(child, 'exit').then(([code]: unknown[]) => code);
    const program = { child, ended, output: () => output };
    programs.push(program);
    return program;
  };
  const launch = async (nodes: number): Promise<Program & { readonly rows: readonly string[][] }> => {
    const launcher = run('local-cluster/main.js', '--nodes', String(nodes), '--ports', 'free');
    await eventually(
      'the cluster to be up',
      () => launcher.output().includes('Ctrl-C stops') || launcher.child.exitCode !== null,
      90_000,
    );
    const rows = launcher
      .output()
      .split('\n')
      .filter((line) => /^ {2}node-\d/.test(line))
      .map((line) => line.trim().split(/ +/));
    expect(rows, launcher.output()).to.have.length(nodes);
    pids.push(...rows.map((row) => Number(row[4])));
    return { ...launcher, rows };
  };

  it('starts nodes, shows where they are, says when one ends, and stops in order what it started', async () => {
    const launcher = await launch(2);
    expect(launcher.rows.map(([id]) => id)).to.deep.equal(['node-1', 'node-2']);
    for (const [, , grpcAddress = ''] of launcher.rows) expect(await isServing(grpcAddress)).to.equal(true);
    expect(launcher.output()).to.match(/^node-1 +\| \{.*"node":"node-1"/m);
    expect(launcher.output(), 'no password').not.to.include(new URL(database.url).password);

    const second = run('local-cluster/main.js');
    expect(await second.ended).to.equal(1);
    expect(second.output()).to.include(`runs already, as process ${String(launcher.child.pid)}`);

    const [, , address = '', , pid = ''] = launcher.rows[1] ?? [];
    process.kill(Number(pid), 'SIGKILL');
    const command = /node-2 ended \(SIGKILL\); start it again: npm start -- (.*)/;
    await eventually('word of its end', () => command.test(launcher.output()));
    const byHand = run('main.js', ...(command.exec(launcher.output())?.[1] ?? '').split(' '));
    await eventually('node-2 to be back', () => byHand.output().includes('  metrics '), 60_000);
    expect(await isServing(address)).to.equal(true);
    byHand.child.kill('SIGTERM');
    expect(await byHand.ended).to.equal(0);

    launcher.child.kill('SIGINT');
    expect(await launcher.ended).to.equal(0);
    expect(launcher.output()).to.include('redis    | redis-server started');
    expect(pids.filter(isAlive)).to.deep.equal([]);
  });

  it('leaves no node behind when it is killed', async () => {
    const { child, rows } = await launch(1);
    child.kill('SIGKILL');
    const pid = Number(rows[0]?.[4]);
    await eventually('the node to hear of it and stop', () => !isAlive(pid), 60_000);
  });

  it('ends at Ctrl-C also while its nodes wait for a Redis that is not there', async () => {
    const config = { redis: { url: 'redis://127.0.0.1:1' } };
    await writeFile(path.join(folder, 'cluster.config.json'), JSON.stringify(config));
    const launcher = run('local-cluster/main.js', '--nodes', '1', '--ports', 'free');
    await eventually('the node to wait', () => launcher.output().includes('Redis is away'), 60_000);
    launcher.child.kill('SIGINT');
    expect(await launcher.ended).to.equal(1);
    expect(launcher.output()).to.include('stopping');
  });

  it('ends with 2 and its usage when the command line is wrong', async () => {
    const wrong = run('local-cluster/main.js', '--nodes', '17');
    expect(await wrong.ended).to.equal(2);
    expect(wrong.output()).to.match(/^--nodes must be 1 to 16\nusage: npm run cluster -- .*\n$/);
  });

  it('ends with 1 and a sentence when the configuration is wrong', async () => {
    const wrong = run('local-cluster/main.js', '--config', 'absent.json');
    expect(await wrong.ended).to.equal(1);
    expect(wrong.output()).to.equal('there is no file absent.json\n');
  });
});

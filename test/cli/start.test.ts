import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { freshDatabase } from '../support/postgres.js';
import { runCinema, startCinema } from './run-cinema.js';

/** From dist/test/cli. */
const repositoryConfig = fileURLToPath(new URL('../../../cluster.config.json', import.meta.url));

describe('cinema start', function () {
  this.timeout(60_000);

  it('runs a node until it is asked to stop', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-start-'));
    const database = await freshDatabase();
    const configFile = path.join(folder, 'cluster.config.json');
    const node = { grpcPort: 0, httpPort: 0, logLevel: 'silent' };
    await writeFile(configFile, JSON.stringify({ demoData: true, node, postgres: { url: database.url } }));
    const running = startCinema(['start', '--config', configFile]);
    try {
      const address = /gRPC +(\S+)/;
      await eventually(
        'the node to be up',
        () => address.test(running.stdout()) || running.child.exitCode !== null,
        30_000,
      );
      expect(running.stderr()).to.equal('');
      const list = await runCinema(['auditorium', 'list', '--address', address.exec(running.stdout())?.[1] ?? '']);
      expect(list.stdout).to.include('zal-10');
      running.child.kill('SIGTERM');
      expect(await running.ended).to.equal(0);
    } finally {
      running.child.kill('SIGKILL');
      await running.ended;
      await database.drop();
      await rm(folder, { recursive: true });
    }
  });

  it('ends with 1 when the configuration has no such node', async () => {
    const run = await runCinema(['start', '--config', repositoryConfig, '--node', 'node-9']);
    expect(run).to.deep.include({ code: 1, stdout: '' });
    expect(run.stderr).to.include('"node-9", but node-1, node-2, node-3');
  });

  it('ends with 1 when the configuration is not there', async () => {
    const run = await runCinema(['start', '--config', '/nowhere/cluster.config.json']);
    expect(run).to.deep.include({ code: 1, stdout: '' });
    expect(run.stderr).to.include('/nowhere/cluster.config.json');
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { StartError } from '../../src/node/start-error.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { openNodeOn } from './nodes.js';

const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));

describe('a node whose port is taken', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let other: Server;
  let taken: number;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-port-'));
    database = await freshDatabase();
    other = createServer();
    taken = await new Promise((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
  after(async () => {
    other.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  for (const port of ['grpcPort', 'httpPort'] as const) {
    it(`does not start, and says so in one sentence: ${port}`, async () => {
      const error: unknown = await openNodeOn(database, { node: { [port]: taken } }).then(
        (node) => node.close(),
        (failure: unknown) => failure,
      );
      expect(error).to.be.instanceOf(StartError);
      const { message } = error as StartError;
      expect(message).to.match(new RegExp(`cannot listen on 127\\.0\\.0\\.1:${String(taken)}: .*(in use|taken)`));
      expect(message).not.to.include('\n').and.not.to.include('resolved');
    });

    it(`writes nothing but that sentence to stderr: ${port}`, async () => {
      const node = { grpcPort: 0, httpPort: 0, [port]: taken };
      const file = path.join(folder, `${port}.json`);
      await writeFile(file, JSON.stringify({ node, postgres: { url: database.url } }));
      const { status, stderr } = spawnSync(process.execPath, [program, '--config', file], { encoding: 'utf8' });
      expect(status).to.equal(1);
      expect(stderr.trim().split('\n')).to.have.length(1);
      expect(stderr).to.include(`cannot listen on 127.0.0.1:${String(taken)}`);
    });
  }
});

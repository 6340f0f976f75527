import { createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { StartError } from '../../src/node/start-error.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { openNodeOn } from './nodes.js';

describe('a node whose port is taken', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let other: Server;
  let taken: number;
  before(async () => {
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
  }
});

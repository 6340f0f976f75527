import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { spawnBenchNode, type BenchNode } from '../../../bench/node/spawn-bench-node.js';

/** Whether anybody listens there. */
async function isOpen(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('a node under load', function () {
  this.timeout(60_000);
  let home: string;
  let node: BenchNode;
  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'cinema-bench-node-'));
    node = await spawnBenchNode(home);
  });
  afterEach(async () => {
    await node.stop();
    await rm(home, { recursive: true });
  });

  it('tells of itself, and is gone with its Postgres when it is stopped', async () => {
    expect(await node.cpuMicros()).to.be.above(0);
    expect(await isOpen(node.postgresUrl)).to.equal(true);
    await Promise.all([node.stop(), node.stop()]);
    expect(await isOpen(node.postgresUrl)).to.equal(false);
  });

  it('that is killed fails whoever asks it, then and later, and its Postgres is stopped', async () => {
    const asked = node.profile().catch((error: unknown) => String(error));
    process.kill(node.pid ?? expect.fail('it runs'), 'SIGKILL');
    expect(await asked).to.include('the node under load ended by itself: SIGKILL');
    for (const ask of [node.cpuMicros(), node.memoryBytes()])
      expect(await ask.catch((error: unknown) => String(error))).to.include('ended by itself');
    expect(await isOpen(node.postgresUrl)).to.equal(true);
    await node.stop();
    expect(await isOpen(node.postgresUrl)).to.equal(false);
  });
});

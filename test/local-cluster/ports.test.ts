import { createServer } from 'node:net';
import { expect } from 'chai';
import { choosePorts } from '../../src/local-cluster/ports.js';

const flat = (ports: Awaited<ReturnType<typeof choosePorts>>): number[] =>
  ports.flatMap(({ grpcPort, httpPort, peerPort }) => [grpcPort, httpPort, peerPort]);

describe('the ports of a local cluster', () => {
  it('are free ones, each chosen once, none of which goes to an outgoing connection', async () => {
    const ports = flat(await choosePorts(16, 'free'));
    expect(new Set(ports).size).to.equal(48);
    for (const port of ports) expect(port).to.be.within(10_000, 31_999);
  });

  it('are the usual ones where nobody has them, and free ones where somebody has', async () => {
    const taken = await choosePorts(2, 'usual');
    const server = createServer();
    const [first, second] = taken;
    await new Promise<void>((resolve) => {
      server.listen(second?.httpPort, '127.0.0.1', resolve);
    });
    try {
      const again = await choosePorts(2, 'usual');
      expect(again[0]).to.deep.equal(first);
      expect(again[1]?.httpPort).not.to.equal(second?.httpPort);
      expect(again[1]?.grpcPort).to.equal(second?.grpcPort);
    } finally {
      server.close();
    }
  });
});

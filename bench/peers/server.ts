/** A peer under load, as a process of its own: argv[2] is a PeerOrder as JSON. */
import { collectGarbage } from '../collect-garbage.js';
import { defaults, openClassic, tuned } from './classic/classic.js';
import type { FromPeer, PeerName, PeerOrder, ToPeer } from './messages.js';
import { openPeerServer } from './peer-server.js';
import type { Peer, PeerStores } from './peer.js';
import { openPostgresPeer } from './postgres-peer.js';
import { openRedisPeer } from './redis-peer.js';

const designs: Readonly<Record<PeerName, (stores: PeerStores) => Promise<Peer>>> = {
  classic: (stores) => openClassic(stores, tuned),
  'classic-defaults': (stores) => openClassic(stores, defaults),
  postgres: openPostgresPeer,
  redis: openRedisPeer,
};

const order = JSON.parse(process.argv[2] ?? '') as PeerOrder;
const peer = await designs[order.peer](order);
const server = await openPeerServer(peer);

function send(message: FromPeer): void {
  process.send?.(message);
}

async function stop(exitCode: number): Promise<void> {
  server.close();
  await peer.close();
  process.exit(exitCode);
}

process.on('message', (message: ToPeer) => {
  switch (message.kind) {
    case 'usage': {
      const { user, system } = process.cpuUsage();
      send({ kind: 'usage', cpuMicros: user + system });
      return;
    }
    case 'collect-garbage':
      collectGarbage();
      send({ kind: 'collected' });
      return;
    case 'stop':
      void stop(0);
  }
});
process.on('disconnect', () => {
  // Whoever measured is gone.
  void stop(1);
});
send({ kind: 'started', grpcPort: server.port });

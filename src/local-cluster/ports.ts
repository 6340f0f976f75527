import { createServer, type Server } from 'node:net';

/** Where the nodes of a local cluster listen. */
export interface NodePorts {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly peerPort: number;
}

const HOST = '127.0.0.1';
const USUAL = { grpcPort: 50_051, httpPort: 8_080, peerPort: 50_151 };
/**
 * Below those the operating system gives to outgoing connections: a node that was killed
 * finds its ports free when it comes back.
 */
const FREE_FROM = 10_000;
const FREE_TO = 32_000;

/**
 * Ports for so many nodes, on the loopback interface; somebody else may take one before
 * a node does.
 * @param choice `usual`: 50051, 8080 and 50151 and those that follow, but free ones in
 *   place of those that are taken. `free`: any.
 */
export async function choosePorts(nodes: number, choice: 'usual' | 'free'): Promise<readonly NodePorts[]> {
  const taken: Server[] = [];
  const take = async (wanted: number | undefined): Promise<number> => {
    // Kept open until all are chosen: none is chosen twice.
    const server = (wanted === undefined ? undefined : await listen(wanted)) ?? (await listenAnywhere());
    taken.push(server);
    return portOf(server);
  };
  const usual = (port: number, index: number): number | undefined => (choice === 'usual' ? port + index : undefined);
  const ports: NodePorts[] = [];
  try {
    for (let index = 0; index < nodes; index += 1) {
      ports.push({
        grpcPort: await take(usual(USUAL.grpcPort, index)),
        httpPort: await take(usual(USUAL.httpPort, index)),
        peerPort: await take(usual(USUAL.peerPort, index)),
      });
    }
    return ports;
  } finally {
    await Promise.all(taken.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function listenAnywhere(): Promise<Server> {
  const first = FREE_FROM + Math.floor(Math.random() * (FREE_TO - FREE_FROM));
  for (let port = first; port < FREE_TO; port += 1) {
    const server = await listen(port);
    if (server !== undefined) return server;
  }
  return listenAnywhere();
}

/** Undefined when the port is taken. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

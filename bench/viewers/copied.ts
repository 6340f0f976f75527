import { processOptions } from '../../src/process-options.js';
import { openRedisClient } from '../redis.js';
import type { Contestant, Published } from './contestant.js';
import { forkProgram, type Forked } from './forked.js';
import { CHANNEL, type FromServer, type ToServer } from './messages.js';
import type { Witness } from './witness.js';

/** Tells the servers to publish the text; answers when it did. */
type Tell = (text: string) => Promise<number>;

/** The floor: bare uWebSockets.js servers that hear from Redis what ours has just sent. */
export async function openBare(servers: number, redisUrl: string, witness: Witness): Promise<Contestant> {
  const redis = openRedisClient(redisUrl);
  const tell: Tell = async (text) => {
    const epochMs = Date.now();
    await redis.publish(CHANNEL, text);
    return epochMs;
  };
  const contestant = await open('bare', './bare-server.js', '/ws', { servers, redisUrl, witness }, () => tell);
  return {
    ...contestant,
    async close() {
      await contestant.close();
      redis.disconnect();
    },
  };
}

/** Socket.IO: the first of the servers emits, its adapter tells the others. */
export function openSocketIo(servers: number, redisUrl: string, witness: Witness): Promise<Contestant> {
  const path = '/socket.io/?EIO=4&transport=websocket';
  return open('socketio', './socket-io-server.js', path, { servers, redisUrl, witness }, ([first]) => async (text) => {
    if (first === undefined) throw new RangeError('there is no server');
    const published = first.next('published');
    first.send({ kind: 'publish', text });
    return (await published).epochMs;
  });
}

interface Plan {
  readonly servers: number;
  readonly redisUrl: string;
  /** Saw what is to be published. */
  readonly witness: Witness;
}

async function open(
  name: Contestant['name'],
  program: string,
  path: string,
  { servers: count, redisUrl, witness }: Plan,
  teller: (servers: readonly Forked<ToServer, FromServer>[]) => Tell,
): Promise<Contestant> {
  const servers = Array.from({ length: count }, () =>
    forkProgram<ToServer, FromServer>(program, [redisUrl], processOptions()),
  );
  const ports = (await Promise.all(servers.map((server) => server.next('listening')))).map(({ port }) => port);
  const tell = teller(servers);
  return {
    name,
    ports,
    path,
    pids: servers.map(({ pid }) => pid),
    async publish(): Promise<Published> {
      const { revision, text } = witness.latest();
      return { revision, epochMs: await tell(text) };
    },
    async refresh() {
      const text = await witness.snapshot();
      for (const server of servers) server.send({ kind: 'snapshot', text });
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

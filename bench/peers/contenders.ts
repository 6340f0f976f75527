import { randomUUID } from 'node:crypto';
import { createScreening } from '../box-office.js';
import { openRawClient, type RawClient } from '../load/raw-client.js';
import { FLOOR_PATH } from '../node/floor-service.js';
import { spawnPeer } from './spawn-peer.js';
import { openSale, type Sale } from './sale.js';
import { addScreening, type SeatSchema } from './postgres-seats.js';
import type { PeerName } from './messages.js';
import type { PeerStage } from './peer-stage.js';
import { sweepNode, sweepPostgres, sweepRedis, type Answered, type Sweep } from './sweep.js';

export type ContenderName = 'floor' | 'ours' | PeerName;

/** One of those that are compared, seen from the load generator. */
export interface Contender {
  readonly name: ContenderName;
  readonly clients: readonly RawClient[];
  /** gRPC path; takes a HoldSeatsRequest. */
  readonly path: string;
  readonly sale: Sale;
  /** Numbers of callers to choose from. */
  readonly callers: readonly number[];
  /** Whether it takes part in the latencies at the same load; one that would hold that load down does not. */
  readonly sharesEqualLoad: boolean;
  /** Of the Redis that peers share; undefined for who does not use it. */
  readonly appendFsync: 'everysec' | 'always' | undefined;
  /** CPU time of the server's process since it started. */
  cpuMicros(): Promise<number>;
  /** Of the server's process. */
  collectGarbage(): Promise<void>;
  /** Looks in the contender's own store; undefined for who has none. */
  readonly sweep: ((answered: Answered) => Promise<Sweep>) | undefined;
}

const HOLD_PATH = '/cinema.boxoffice.v1.SeatService/HoldSeats';
const CONNECTIONS = 8;
export const HALL = 'synthetic';
export const HALL_SEATS = 200_000;

const callers: Readonly<Record<ContenderName, readonly number[]>> = {
  floor: [128, 512],
  // Enough to fill a commit; with fewer it waits for callers.
  ours: [512],
  classic: [32, 128, 512],
  'classic-defaults': [32, 128],
  postgres: [32, 128, 512],
  redis: [32, 128, 512],
};

/** All of them, connected. What is opened is closed by the stage. */
export async function openContenders(stage: PeerStage): Promise<readonly Contender[]> {
  const { node, redis, postgres } = stage;
  const nodeClients = await connect(stage, node.grpcAddress);
  const peer = async (
    name: PeerName,
    appendFsync: Contender['appendFsync'],
    sale: Sale,
    sweep: Contender['sweep'],
  ): Promise<Contender> => {
    const server = await spawnPeer({ peer: name, postgresUrl: node.postgresUrl, redisUrl: redis.url });
    stage.closeAfter(() => server.stop());
    return {
      name,
      clients: await connect(stage, server.grpcAddress),
      path: HOLD_PATH,
      sale,
      callers: callers[name],
      sharesEqualLoad: name !== 'classic-defaults',
      appendFsync,
      cpuMicros: () => server.cpuMicros(),
      collectGarbage: () => server.collectGarbage(),
      sweep,
    };
  };
  const tableSale = (schema: SeatSchema): Sale =>
    openSale(async () => {
      const screeningId = freshId();
      await addScreening(postgres, schema, screeningId, HALL_SEATS);
      return screeningId;
    }, HALL_SEATS);
  const ofNode = {
    clients: nodeClients,
    sharesEqualLoad: true,
    appendFsync: undefined,
    cpuMicros: () => node.cpuMicros(),
    collectGarbage: () => node.collectGarbage(),
  };
  return [
    {
      ...ofNode,
      name: 'floor',
      path: FLOOR_PATH,
      sale: openSale(async () => freshId(), HALL_SEATS),
      callers: callers.floor,
      sweep: undefined,
    },
    {
      ...ofNode,
      name: 'ours',
      path: HOLD_PATH,
      sale: openSale(async () => {
        const screeningId = freshId();
        await createScreening(firstOf(nodeClients), HALL, screeningId);
        return screeningId;
      }, HALL_SEATS),
      callers: callers.ours,
      sweep: (answered) => sweepNode(node.postgresUrl, answered),
    },
    await peer('classic', 'everysec', tableSale('classic'), (answered) =>
      sweepPostgres(node.postgresUrl, 'classic', answered),
    ),
    await peer('classic-defaults', 'everysec', tableSale('classic_defaults'), (answered) =>
      sweepPostgres(node.postgresUrl, 'classic_defaults', answered),
    ),
    await peer('postgres', undefined, tableSale('postgres'), (answered) =>
      sweepPostgres(node.postgresUrl, 'postgres', answered),
    ),
    await peer(
      'redis',
      'always',
      openSale(async () => freshId(), HALL_SEATS),
      // What it synced is on the disk; the sweep is not to read what only its memory has.
      async (answered) => {
        await redis.restart();
        return sweepRedis(redis.url, answered);
      },
    ),
  ];
}

async function connect(stage: PeerStage, address: string): Promise<readonly RawClient[]> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => openRawClient(address)));
  stage.closeAfter(() => {
    for (const client of clients) client.close();
  });
  return clients;
}

function firstOf(clients: readonly RawClient[]): RawClient {
  const [first] = clients;
  if (first === undefined) throw new RangeError('at least one connection is needed');
  return first;
}

const freshId = (): string => `hot-${randomUUID()}`;

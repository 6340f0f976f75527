import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  GetSeatMapRequest,
  GetSeatMapResponse,
  HoldSeatsRequest,
  HoldSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { openLocalCluster, type LocalCluster } from '../../src/local-cluster/local-cluster.js';
import { stateName } from '../../src/transport/http/screening-json.js';
import { audit, type Audit } from '../audit.js';
import { createHall, createScreening } from '../box-office.js';
import { eventually } from '../failover/eventually.js';
import { isServing, Operator } from '../failover/operator.js';
import { openInterruptibly } from '../interruption.js';
import { checkHold } from '../load/check-hold.js';
import { requestFor } from '../load/closed-loop.js';
import { HoldTokens } from '../load/hold-tokens.js';
import { openRawClient, type RawClient } from '../load/raw-client.js';
import type { Contestant } from './contestant.js';
import type { Expected } from './messages.js';
import { digestOf } from './seat-state.js';
import { clusterSettings } from './settings.js';
import { openWitness, type Witness } from './witness.js';

/** A hall as of a large cinema. */
const SEATS = 300;
const SETTLES_WITHIN_MS = 60_000;
const SEEN_WITHIN_MS = 30_000;
const SEATS_SERVICE = '/cinema.boxoffice.v1.SeatService';

/** The real program: nodes, one screening, and whoever sells it. */
export interface Ours extends Contestant {
  readonly redisUrl: string;
  readonly witness: Witness;
  /** Holds that were answered OK. */
  readonly sold: number;
  /** What each node says of the screening: they must agree. @throws Error when they do not */
  expected(): Promise<Expected>;
  audit(): Promise<Audit>;
  /** Another screening on sale, which nobody watches. */
  openScreening(seats: number): Promise<OpenScreening>;
}

export interface OpenScreening {
  readonly screeningId: string;
  /** gRPC address of the node that has it. */
  readonly ownerAddress: string;
  /** @param tokens of holds that were answered OK */
  audit(tokens: HoldTokens): Promise<Audit>;
}

/** @param home folder for its data */
export async function openOurs(nodes: number, home: string): Promise<Ours> {
  const cluster = await openInterruptibly((signal) =>
    openLocalCluster({
      nodes,
      folder: path.join(home, 'cluster'),
      overrides: clusterSettings,
      program: fileURLToPath(new URL('./measured-node.js', import.meta.url)),
      signal,
    }),
  );
  try {
    return await onSale(cluster);
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function onSale(cluster: LocalCluster): Promise<Ours> {
  const { nodes, postgresUrl, redisUrl } = cluster;
  const clients = await Promise.all(nodes.map(({ grpcAddress }) => openRawClient(grpcAddress)));
  const client = firstOf(clients);
  const operator = new Operator(client);
  await settled(operator, nodes.length);
  const screeningId = `screening-${randomUUID()}`;
  await createHall(client, 'hall', SEATS);
  await createScreening(client, 'hall', screeningId);
  const watchPath = `/ws?screening_id=${screeningId}`;
  const witness = await openWitness(`${firstOf(nodes).httpUrl.replace('http', 'ws')}${watchPath}`);
  const tokens = new HoldTokens();
  return {
    name: 'ours',
    ports: nodes.map(({ httpUrl }) => Number(new URL(httpUrl).port)),
    path: watchPath,
    pids: nodes.map(({ pid = 0 }) => pid),
    redisUrl,
    witness,
    get sold() {
      return tokens.size;
    },
    async publish() {
      // Through each node in turn: who sells does not know who owns.
      const seat = tokens.size;
      const request = requestFor(screeningId, seat);
      const response = await hold(clients[seat % clients.length] ?? client, request);
      tokens.set(seat, response.hold?.holdToken ?? '');
      const { epochMs } = await witness.delta(response.revision, SEEN_WITHIN_MS);
      return { revision: response.revision, epochMs };
    },
    refresh: () => Promise.resolve(),
    async expected() {
      const maps = await Promise.all(clients.map((each) => seatMap(each, screeningId)));
      const first = firstOf(maps);
      if (maps.some(({ revision, digest }) => revision !== first.revision || digest !== first.digest))
        throw new Error('the nodes do not agree on the seat map');
      return first;
    },
    audit: () => audit(postgresUrl, screeningId, tokens),
    async openScreening(seats) {
      const other = `screening-${randomUUID()}`;
      const hall = `hall-${randomUUID()}`;
      await createHall(client, hall, seats);
      await createScreening(client, hall, other);
      const owner = await operator.ownerOf(other);
      const ownerAddress = nodes.find(({ id }) => id === owner)?.grpcAddress;
      if (ownerAddress === undefined) throw new Error(`${owner} is none of the nodes`);
      return { screeningId: other, ownerAddress, audit: (given) => audit(postgresUrl, other, given) };
    },
    async close() {
      witness.close();
      for (const each of clients) each.close();
      await cluster.close();
    },
  };
}

/** Every node knows every other, so that no screening moves any more. */
async function settled(operator: Operator, nodes: number): Promise<void> {
  await eventually(
    'the nodes to know each other',
    async () => (await operator.nodes()).filter(isServing).length === nodes,
    SETTLES_WITHIN_MS,
  );
}

/** @throws Error when it is not answered OK, or wrongly: nobody else buys here */
async function hold(client: RawClient, request: HoldSeatsRequest): Promise<HoldSeatsResponse> {
  const { status, message } = await client.call(
    `${SEATS_SERVICE}/HoldSeats`,
    HoldSeatsRequest.encode(request).finish(),
  );
  if (status !== 0) throw new Error(`HoldSeats was answered with status ${String(status)}`);
  const response = HoldSeatsResponse.decode(message);
  checkHold(request, response);
  return response;
}

async function seatMap(client: RawClient, screeningId: string): Promise<Expected> {
  const request = GetSeatMapRequest.encode({ screeningId }).finish();
  const { status, message } = await client.call(`${SEATS_SERVICE}/GetSeatMap`, request);
  const map = status === 0 ? GetSeatMapResponse.decode(message).seatMap : undefined;
  if (map === undefined) throw new Error(`GetSeatMap was answered with status ${String(status)}`);
  const seats = new Map(map.seats.map(({ seatId, state }) => [seatId, stateName(state)]));
  return { revision: map.revision, digest: digestOf(seats) };
}

function firstOf<Item>(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined) throw new RangeError('there is none');
  return first;
}

import { randomUUID } from 'node:crypto';
import { createHall, createScreening } from './box-office.js';
import { HoldSeatsRequest } from '../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { requestFor } from './load/closed-loop.js';
import { openRawClient, type RawClient } from './load/raw-client.js';
import { median } from './median.js';
import { spawnBenchNode, type BenchNode } from './node/spawn-bench-node.js';

const SEATS = 300;
const SCREENINGS = 220;
/** Activated first and not counted: a process that has just started runs cold code. */
const WARM_UP = 20;
const HOLD_PATH = '/cinema.boxoffice.v1.SeatService/HoldSeats';

export interface ScreeningCost {
  /** Live memory of one active screening of 300 seats, a third of them held, in bytes. */
  readonly memoryBytes: number;
  /** First command on a screening that has a snapshot, over gRPC, in ms. */
  readonly activationP50Ms: number;
  readonly activationP99Ms: number;
}

/** What an active screening costs in memory, and what it takes to bring one back from its snapshot. */
export async function measureScreeningCost(dataDir: string): Promise<ScreeningCost> {
  const ids = Array.from({ length: SCREENINGS }, () => `cost-${randomUUID()}`);
  const memoryBytes = await withNode(dataDir, async (node, client) => {
    await createHall(client, 'three-hundred', SEATS);
    for (const id of ids) await createScreening(client, 'three-hundred', id);
    const [first] = ids;
    if (first !== undefined) await sellSome(client, first);
    const before = await node.memoryBytes();
    for (const id of ids.slice(1)) await sellSome(client, id);
    const after = await node.memoryBytes();
    return (after - before) / (SCREENINGS - 1);
  });
  // The stop of the first node left a snapshot of each.
  return withNode(dataDir, async (_node, client) => {
    const tookMs: number[] = [];
    for (const id of ids) {
      const startedMs = performance.now();
      await holdOne(client, id, SEATS - 1);
      tookMs.push(performance.now() - startedMs);
    }
    tookMs.splice(0, WARM_UP);
    tookMs.sort((a, b) => a - b);
    return {
      memoryBytes,
      activationP50Ms: median(tookMs),
      activationP99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? 0,
    };
  });
}

async function withNode<Result>(
  dataDir: string,
  use: (node: BenchNode, client: RawClient) => Promise<Result>,
): Promise<Result> {
  const node = await spawnBenchNode(dataDir);
  try {
    const client = await openRawClient(node.grpcAddress);
    const result = await use(node, client);
    client.close();
    return result;
  } finally {
    await node.stop();
  }
}

async function sellSome(client: RawClient, screeningId: string): Promise<void> {
  for (let seat = 0; seat < SEATS / 3; seat += 1) await holdOne(client, screeningId, seat);
}

async function holdOne(client: RawClient, screeningId: string, seat: number): Promise<void> {
  const { status } = await client.call(HOLD_PATH, HoldSeatsRequest.encode(requestFor(screeningId, seat)).finish());
  if (status !== 0) throw new Error(`seat ${String(seat)} of ${screeningId} was not held: status ${String(status)}`);
}

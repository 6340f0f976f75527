import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { createHall, createScreening } from '../box-office.js';
import { openRawClient, type RawClient } from '../load/raw-client.js';
import { spawnBenchNode, type BenchNode } from '../node/spawn-bench-node.js';
import type { Stage } from '../scenario.js';
import { ghzProgram, runGhz, type GhzLoad } from './run-ghz.js';
import type { GhzRun } from './ghz-report.js';

/** A node of its own, a client for what ghz cannot do, and ghz. */
export interface BoxOfficeStage {
  readonly node: BenchNode;
  readonly client: RawClient;
  readonly ghz: (load: Omit<GhzLoad, 'address' | 'home'>) => Promise<GhzRun>;
  /** New screenings, on sale, each in a hall of this size; their ids. */
  readonly openScreenings: (count: number, seats: number) => Promise<readonly string[]>;
}

/** Under way at once. */
const CREATIONS = 32;

/** Starts all of it, uses it and stops it, whatever happens. @throws MachineUnfit when there is no ghz */
export async function withBoxOffice<Result>(
  stage: Stage,
  use: (boxOffice: BoxOfficeStage) => Promise<Result>,
): Promise<Result> {
  // Before anything is started.
  ghzProgram();
  const node = await spawnBenchNode(path.join(stage.home, 'node'));
  try {
    const client = await openRawClient(node.grpcAddress);
    const halls = new Set<number>();
    try {
      return await use({
        node,
        client,
        ghz: (load) => runGhz({ ...load, address: node.grpcAddress, home: stage.home }),
        async openScreenings(count, seats) {
          const hall = `hall-${String(seats)}`;
          if (!halls.has(seats)) await createHall(client, hall, seats);
          halls.add(seats);
          const ids = Array.from({ length: count }, () => `ghz-${randomUUID()}`);
          for (let from = 0; from < count; from += CREATIONS)
            await Promise.all(ids.slice(from, from + CREATIONS).map((id) => createScreening(client, hall, id)));
          return ids;
        },
      });
    } finally {
      client.close();
    }
  } finally {
    await node.stop();
  }
}

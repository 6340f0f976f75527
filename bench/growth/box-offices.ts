import { randomUUID } from 'node:crypto';
import { createScreening, importHall } from '../box-office.js';
import { eventually } from '../failover/eventually.js';
import { isServing, Operator } from '../failover/operator.js';
import { eachOf } from '../failover/stage.js';
import { openRawClient, type RawClient } from '../load/raw-client.js';
import type { Ground } from './ground.js';
import { hallOf, type Hall } from './hall.js';
import type { Stall } from './market.js';

const CONNECTIONS = 4;
const CREATIONS_AT_ONCE = 64;
const SETTLES_WITHIN_MS = 60_000;

/** Connections to all nodes of a ground, and new screenings there. */
export interface BoxOffices {
  /** New screenings in a hall of this many seats, each sold at its owner, in an order that is not that of their rows. */
  openScreenings(count: number, seats: number): Promise<readonly Stall[]>;
  close(): void;
}

/** Resolves once all nodes know each other, so that no screening moves any more. */
export async function openBoxOffices({ nodes }: Ground): Promise<BoxOffices> {
  const clients = new Map<string, readonly RawClient[]>();
  for (const { id, grpcAddress } of nodes)
    clients.set(id, await Promise.all(Array.from({ length: CONNECTIONS }, () => openRawClient(grpcAddress))));
  const [any] = [...clients.values()].flat();
  if (any === undefined) throw new RangeError('a ground has nodes');
  const operator = new Operator(any);
  if (nodes.length > 1) {
    await eventually(
      'the nodes to know each other',
      async () => (await operator.nodes()).filter(isServing).length === nodes.length,
      SETTLES_WITHIN_MS,
    );
  }
  const halls = new Map<number, Hall>();
  return {
    async openScreenings(count, seats) {
      const auditoriumId = `hall-${String(seats)}`;
      const hall = halls.get(seats) ?? (await hallOf(seats));
      if (!halls.has(seats)) await importHall(any, auditoriumId, hall.seatingPlanJson);
      halls.set(seats, hall);
      const stalls: Stall[] = [];
      const ids = Array.from({ length: count }, () => `growth-${randomUUID()}`);
      await eachOf(ids, CREATIONS_AT_ONCE, async (screeningId) => {
        await createScreening(any, auditoriumId, screeningId);
        const owner = nodes.length > 1 ? await operator.ownerOf(screeningId) : nodes[0]?.id;
        stalls.push({ screeningId, layout: hall.layout, clients: clients.get(owner ?? '') ?? [] });
      });
      return shuffled(stalls);
    },
    close() {
      for (const client of [...clients.values()].flat()) client.close();
    },
  };
}

/** By the end of their ids, which are random. */
function shuffled(stalls: readonly Stall[]): readonly Stall[] {
  const keyOf = ({ screeningId }: Stall): string => screeningId.slice(-12);
  return stalls.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

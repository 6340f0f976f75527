import { randomUUID } from 'node:crypto';
import type { ClusterNode, LocalCluster } from '../../src/local-cluster/local-cluster.js';
import { auditAll, type Audit, type Promises } from '../audit.js';
import { createHall, createScreening } from '../box-office.js';
import { RetryingClient } from './client.js';
import { eventually } from './eventually.js';
import { openFrontDoors } from './front-doors.js';
import { Load } from './load.js';
import { openLoggedCluster, type LoggedClusterPlan } from './logged-cluster.js';
import { isServing, Operator } from './operator.js';
import { openOwnerTable, type OwnerTable } from './owner-table.js';
import { shippedRetryPolicy } from './retry-policy.js';
import { Seller } from './seller.js';

/** Of every call, its repetitions included. */
const DEADLINE_MS = 5_000;
const UNDER_WAY_MAX = 5_000;
const CREATIONS_AT_ONCE = 32;
const SETTLES_WITHIN_MS = 60_000;

export interface StagePlan extends LoggedClusterPlan {
  readonly screenings: number;
  /** Of each screening's hall. */
  readonly seats: number;
  /** Commands per second over all screenings. */
  readonly rate: number;
}

/** A cluster of real processes with screenings on sale, and those who sell them. */
export interface Stage {
  readonly nodes: readonly ClusterNode[];
  readonly operator: Operator;
  readonly owners: OwnerTable;
  readonly sellers: readonly Seller[];
  readonly client: RetryingClient;
  startLoad(rate?: number): Load;
  /**
   * Resolves once the nodes that run take screenings and hold what they should, and no
   * others do. Screenings of a dead node move with their next command: keep the load up.
   * @throws when that takes longer than a minute
   */
  settled(): Promise<void>;
  /** After the load has stopped: the journals and tables against everything that was promised. */
  audit(): Promise<Audit>;
  close(): Promise<void>;
}

/** Starts it, with the screenings created but not yet sold. Closes everything again when that fails. */
export async function openStage(plan: StagePlan): Promise<Stage> {
  const cluster = await openLoggedCluster(plan);
  try {
    const stage = await dressed(cluster, plan);
    return {
      ...stage,
      async close() {
        await stage.close();
        await cluster.close();
      },
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function dressed(
  { nodes, postgresUrl }: LocalCluster,
  { screenings, seats, rate: usualRate }: StagePlan,
): Promise<Stage> {
  const doors = openFrontDoors(nodes.map(({ grpcAddress }) => grpcAddress));
  const client = new RetryingClient(doors, await shippedRetryPolicy(), DEADLINE_MS);
  await doors.allOpen(SETTLES_WITHIN_MS);
  const owners = await openOwnerTable(postgresUrl);
  const operator = new Operator(client);
  const sellers = Array.from({ length: screenings }, () => new Seller(`screening-${randomUUID()}`, seats));
  await createHall(client, 'hall', seats);
  await eachOf(sellers, CREATIONS_AT_ONCE, ({ screeningId }) => createScreening(client, 'hall', screeningId));

  const isSettled = async (): Promise<boolean> => {
    const expected = nodes.filter(({ pid }) => pid !== undefined).map(({ id }) => id);
    const members = await operator.nodes();
    const serving = members.filter(isServing);
    if (serving.map(({ nodeId }) => nodeId).join() !== expected.toSorted().join()) return false;
    const boots = new Set(serving.map(({ bootId }) => bootId));
    const holders = await owners.holders();
    return [...holders.values()].every(({ bootId }) => boots.has(bootId)) && (await operator.shares()).moves === 0;
  };
  return {
    nodes,
    operator,
    owners,
    sellers,
    client,
    startLoad: (rate = usualRate) => new Load(sellers, client, { rate, underWayMax: UNDER_WAY_MAX }),
    settled: () => eventually('the nodes to hold their shares', isSettled, SETTLES_WITHIN_MS),
    audit: () => auditAll(postgresUrl, promisesOf(sellers)),
    async close() {
      doors.close();
      await owners.close();
    },
  };
}

function promisesOf(sellers: readonly Seller[]): ReadonlyMap<string, Promises> {
  return new Map(sellers.map(({ screeningId, promised, kept }) => [screeningId, { given: promised, kept }]));
}

/** Does it for all, so many at a time. @throws the first error */
export async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

import type { EntityStats } from '../../runtime/index.js';

/** Queue statistics of a screening as operators are shown them. Counted since it came into memory. */
export interface QueueStatistics {
  readonly screening_id: string;
  readonly owner_node: string;
  /** Whether it is in memory; if not, only `delayed` and `viewers` can be other than zero. */
  readonly resident: boolean;
  /** Commands in the mailbox. */
  readonly waiting: number;
  /** Of these by lane. */
  readonly lanes: EntityStats['lanes'];
  /** Commands whose turn is being committed. */
  readonly active: number;
  /** Commands that wait for the screening to come into memory. */
  readonly delayed: number;
  readonly completed: number;
  readonly failed: number;
  readonly refused: number;
  readonly turns: number;
  /** Commands of a turn. */
  readonly batch_size: EntityStats['batchSize'];
  readonly commit_ms: EntityStats['commitMs'];
  readonly epoch: number;
  readonly revision: number;
  /** Sockets on this node that watch it. */
  readonly viewers: number;
}

const none = { p50: 0, p95: 0, p99: 0 };

export function queueStatistics(
  screeningId: string,
  ownerNode: string,
  { delayed, stats }: { readonly delayed: number; readonly stats: EntityStats | undefined },
  viewers: number,
): QueueStatistics {
  return {
    screening_id: screeningId,
    owner_node: ownerNode,
    resident: stats !== undefined,
    waiting: stats?.waiting ?? 0,
    lanes: stats?.lanes ?? { finish: 0, staff: 0, public: 0 },
    active: stats?.active ?? 0,
    delayed,
    completed: stats?.completed ?? 0,
    failed: stats?.failed ?? 0,
    refused: stats?.refused ?? 0,
    turns: stats?.turns ?? 0,
    batch_size: stats?.batchSize ?? none,
    commit_ms: stats?.commitMs ?? none,
    epoch: stats?.epoch ?? 0,
    revision: stats?.revision ?? 0,
    viewers,
  };
}

import type { Clock, Randomness } from '../runtime/index.js';
import type { ClusterView, Member } from './member.js';
import { bootOf, type NewsLevel } from './membership-news.js';
import type { MembershipRules, SelfCondition } from './membership-view.js';
import type { SelfChange } from './own-record.js';
import type { Placement, PlacementLimits } from './placement.js';
import type { Leases } from './ports.js';
import type { RenewalPace } from './renewal-loop.js';

export type MembershipLimits = MembershipRules & PlacementLimits & RenewalPace;

export interface MembershipParts {
  readonly leases: Leases;
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  readonly randomness: Pick<Randomness, 'fraction'>;
  /** This node's record at first, with a boot id that no process had before. */
  readonly self: Member;
  readonly limits: MembershipLimits;
  /** Takes sentences for operators; each change is told once. */
  readonly log: (level: NewsLevel, sentence: string) => void;
}

/** Another live boot has the node id. */
export class NodeIdTaken extends Error {
  override readonly name = 'NodeIdTaken';

  constructor(readonly by: Member) {
    super(
      `node id "${by.nodeId}" is in use: ${bootOf(by)} has its lease and goes on renewing it. Give this node another node.id, or stop the other`,
    );
  }
}

/** The membership was stopped, or left, before this node was a member. */
export class MembershipClosed extends Error {
  override readonly name = 'MembershipClosed';
}

/** This node's part in the cluster, and its view of it. */
export interface Membership {
  /**
   * Resolves when this node has a lease and so a view; waits for as long as the store is
   * away. Call it once.
   * @throws NodeIdTaken when another boot has the id for twice as long as a killed
   *   predecessor's lease would last; nothing runs any more then
   * @throws MembershipClosed
   */
  start(): Promise<void>;
  /** The adopted view: undefined before the first answer, and the same reference while it is the same. */
  view(): ClusterView | undefined;
  /** By the adopted view, made when first asked for and kept with it; nobody owns anything before there is one. */
  placement(): Placement;
  /** The record this node wants to have; the view shows what the store has. */
  self(): Member;
  condition(): SelfCondition;
  /**
   * Changes the record and renews at once. Resolves when the renewal has ended: true when
   * the store has the record, and with it the view; false when it could not be told, and
   * will be by a later renewal. Never rejects.
   */
  setSelf(change: SelfChange): Promise<boolean>;
  /**
   * Calls `changed` after every change of view, own record, own condition or trouble, until
   * the returned function is called. It must not throw.
   */
  onChange(changed: () => void): () => void;
  /** For health: everything that is wrong with the membership, in sentences. A node that drains is well. */
  report(): { readonly ok: boolean; readonly detail?: string };
  /**
   * Whether others may think this node dead: it has no lease, or one that may have run out.
   * Exact at any time, also in a process that was frozen a moment ago. What such a node
   * answers is right all the same: the epoch proves it (`src/runtime/epoch-check.ts`).
   */
  isCutOff(): boolean;
  /**
   * Gives the lease back, so that the others need not wait for it to run out. Drain first:
   * others take one who leaves without for dead. Never rejects, takes no longer than the
   * lease lasts, after which it has run out by itself. Idempotent.
   */
  leave(): Promise<void>;
  /** Renews no more and tells nobody anything more; the lease runs out by itself. Idempotent. */
  stop(): void;
}

import type { ClusterView } from './member.js';
import { absentFrom, byNodeId, inOrder } from './view-order.js';

/**
 * What a node makes of the views the store answers, one after the other.
 *
 * A wrong view costs time and never correctness: only the epoch in the database decides
 * who may write. But a dead node that is thought alive costs its screenings some seconds,
 * and live nodes that are thought dead cost every screening a recovery. So an absent
 * member is dead at once, unless the store is at fault: then it is kept for a while.
 */
export interface AdoptedView {
  /** In order. */
  readonly view: ClusterView;
  /** What the store said last and was believed, in order. Members of `view` that it lacks are kept ones. */
  readonly observed: ClusterView;
  /** Until when they are kept, on the monotonic clock. */
  readonly keepUntilMs: number;
  /** Since when the store answers older versions than the observed one. */
  readonly wentBackAtMs: number | undefined;
  readonly fault: StoreFault | undefined;
}

/**
 * - `leases-lost`: the store lost leases before their time. The nodes of `kept` may well
 *   live, and are in the view still.
 * - `store-went-back`: it answers an older version than it did, as after a failover to a
 *   replica that lagged. Such views are ignored for a while.
 */
export type StoreFault =
  | { readonly kind: 'leases-lost'; readonly kept: readonly string[] }
  | { readonly kind: 'store-went-back'; readonly fromVersion: number; readonly toVersion: number };

/**
 * @param before undefined when there is none, or none to be trusted: `answered` is adopted as it is
 * @param leaseWasLost this node's own lease was gone, although nothing explains it but the store
 * @param graceMs how long members without a lease are kept from a fault on, and older
 *   versions are ignored
 */
export function adoptView(
  before: AdoptedView | undefined,
  answered: ClusterView,
  leaseWasLost: boolean,
  atMs: number,
  graceMs: number,
): AdoptedView {
  const seen = inOrder(answered);
  if (before === undefined) return asItIs(seen);
  if (isOlder(seen, before.observed)) return ignored(before, seen, atMs, graceMs);
  const isFault = leaseWasLost || seen.generation !== before.observed.generation;
  const keepUntilMs = isFault ? atMs + graceMs : before.keepUntilMs;
  // A fault brings everybody under the grace; between faults only those it found absent.
  const keepable = isFault ? before.view.members : absentFrom(before.observed, before.view.members);
  const kept = atMs < keepUntilMs ? absentFrom(seen, keepable) : [];
  return {
    view: { ...seen, members: [...seen.members, ...kept].toSorted(byNodeId) },
    observed: seen,
    keepUntilMs,
    wentBackAtMs: undefined,
    fault: kept.length === 0 ? undefined : { kind: 'leases-lost', kept: kept.map(({ nodeId }) => nodeId) },
  };
}

function asItIs(seen: ClusterView): AdoptedView {
  return { view: seen, observed: seen, keepUntilMs: 0, wentBackAtMs: undefined, fault: undefined };
}

/**
 * Renewals follow each other, so an older version is no straggler: the store forgot. What
 * it forgot may come back when members renew; should it not, the older view is the truth.
 */
function ignored(before: AdoptedView, seen: ClusterView, atMs: number, graceMs: number): AdoptedView {
  const wentBackAtMs = before.wentBackAtMs ?? atMs;
  if (atMs - wentBackAtMs >= graceMs) return asItIs(seen);
  const fromVersion = before.observed.version;
  return { ...before, wentBackAtMs, fault: { kind: 'store-went-back', fromVersion, toVersion: seen.version } };
}

function isOlder(seen: ClusterView, observed: ClusterView): boolean {
  return seen.generation === observed.generation && seen.version < observed.version;
}

import type { MemberState } from '../../cluster/member.js';
import type { HeldEntity } from '../../cluster/ports.js';
import type { Call } from './box-office.js';

/**
 * What operators ask of a cluster through any of its nodes; a node that is alone
 * answers for itself. What an operator must be told is an answer; only the database
 * being away is thrown, as StorageUnavailable.
 */
export interface ClusterAdmin {
  /** Never fails: what cannot be found out is left out, for it is asked when something is wrong. */
  listNodes(call: Call): Promise<NodeList>;
  /**
   * Hands the node's screenings to the others and gives it no more (`draining`), or
   * takes that back. Answers once the node has taken the order, not when it is done.
   */
  drainNode(nodeId: string, draining: boolean, call: Call): Promise<NodeOrder>;
  /** @param weight 0 to 100 */
  setNodeWeight(nodeId: string, weight: number, call: Call): Promise<NodeOrder>;
  /** Undefined when there is no such screening. */
  locateScreening(screeningId: string, call: Call): Promise<ScreeningLocation | undefined>;
  /** What is not where it should be; begins to move it unless `validateOnly`. */
  rebalance(validateOnly: boolean, call: Call): Promise<Rebalance>;
}

export interface NodeList {
  /** By id. */
  readonly nodes: readonly NodeStatus[];
  /** Undefined: there is no cluster. */
  readonly view: { readonly generation: string; readonly version: number } | undefined;
  /** Why the view may be old; undefined when it is not. */
  readonly viewProblem: string | undefined;
}

export interface NodeStatus {
  readonly nodeId: string;
  /** Undefined for one that is absent. */
  readonly bootId: string | undefined;
  readonly zone: string;
  readonly weight: number;
  /** `absent`: in the configuration, but without a lease. */
  readonly state: MemberState | 'absent';
  /** host:port, each as others reach it; the peer link's is empty when there is none. */
  readonly grpcAddress: string;
  readonly httpAddress: string;
  readonly peerAddress: string;
  /** Whether the answering node reaches it; true of itself. */
  readonly reachable: boolean;
  /** Why not, or why it takes no screenings; undefined when all is well. */
  readonly problem: string | undefined;
  /** Those whose epoch is this boot's; undefined when the database cannot be asked. */
  readonly screenings: number | undefined;
  /** Part of all screenings that placement gives it, 0 to 1. */
  readonly share: number;
}

/** What became of an order to a node. */
export type NodeOrder =
  | { readonly kind: 'taken' }
  /** Neither in the view nor in the configuration. `known`: ids of those that are, sorted. */
  | { readonly kind: 'unknown-node'; readonly known: readonly string[] }
  /** There are no others. */
  | { readonly kind: 'no-cluster' }
  /** It is the last one that takes screenings: nobody could serve them. */
  | { readonly kind: 'last-node' }
  /** It may have taken the order all the same. */
  | { readonly kind: 'unreachable'; readonly problem: string };

export interface ScreeningLocation extends HeldEntity {
  /** By the answering node's view; undefined when no node takes screenings. */
  readonly owner: { readonly nodeId: string; readonly grpcAddress: string } | undefined;
}

export interface Rebalance {
  /** Nodes that have, get, give or take any, by id. */
  readonly nodes: readonly NodeMoves[];
  /** Screenings that are, or would be, moved. */
  readonly moves: number;
  /** Screenings that a node of the view has. */
  readonly screenings: number;
}

/** In screenings that a node of the view has, by boot: holds - gives + takes = owns. */
export interface NodeMoves {
  readonly nodeId: string;
  readonly holds: number;
  /** Should be its own, by placement. */
  readonly owns: number;
  readonly gives: number;
  readonly takes: number;
}

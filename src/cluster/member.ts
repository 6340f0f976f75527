/** A process that takes part in the cluster, as its lease describes it. */
export interface Member {
  readonly nodeId: string;
  /** New for every start of the process: a lease is the boot's, not the name's. */
  readonly bootId: string;
  /** Where the node stands, for operators; empty when nobody said. */
  readonly zone: string;
  /** Share of the screenings, relative to other members'; 0 to 100. */
  readonly weight: number;
  readonly state: MemberState;
  /** host:port of its peer link, gRPC and HTTP; as others reach it. */
  readonly peerAddress: string;
  readonly grpcAddress: string;
  readonly httpAddress: string;
}

/**
 * - `serving`: takes its share of screenings.
 * - `draining`: gives away what it has and takes no more; still answers and forwards.
 * - `unfit`: the same, because something is wrong with it (its clock, for one).
 */
export type MemberState = 'serving' | 'draining' | 'unfit';

/** Who is alive, as the leases said at one moment. Equal versions of one generation are equal views. */
export interface ClusterView {
  /** Of the store that keeps the leases; a new one when it lost everything. */
  readonly generation: string;
  /** Grows with every change within a generation. */
  readonly version: number;
  /** By node id. */
  readonly members: readonly Member[];
}

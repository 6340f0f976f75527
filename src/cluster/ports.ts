import type { ClusterView, Member } from './member.js';

/**
 * What the cluster needs from the world. Redis and gRPC implement these; so do memory
 * and the simulation.
 */

/** What became of taking or renewing a lease. */
export type LeaseAnswer =
  | {
      readonly kind: 'held';
      readonly view: ClusterView;
      /** Renewed, but the lease was not there: it ran out, or the store lost it. It is taken anew. */
      readonly wasMissing: boolean;
    }
  /** Another boot has the lease of this node id. */
  | { readonly kind: 'taken'; readonly by: Member; readonly view: ClusterView };

/** Leases: a member is whoever holds one. Only its owner renews or releases it. */
export interface Leases {
  /**
   * Takes the lease of `member.nodeId` when it is free, or renews it when it is this
   * boot's, for the lease time from now, with the record as it is given.
   * @throws LeasesUnavailable; the lease may have been renewed
   */
  renew(member: Member): Promise<LeaseAnswer>;
  /** Gives the lease back when it is this boot's; otherwise does nothing. @throws LeasesUnavailable */
  release(nodeId: string, bootId: string): Promise<void>;
  /** Calls `changed` soon after a member came, changed or left in order, until the returned function is called. */
  onChange(changed: () => void): () => void;
}

/** The store of leases cannot be reached, or did not answer in time. Says nothing about anybody's life. */
export class LeasesUnavailable extends Error {
  override readonly name = 'LeasesUnavailable';
}

/** Which boot of which node raised an entity's epoch last. */
export interface Holder {
  readonly nodeId: string;
  readonly bootId: string;
}

/**
 * Who has claimed what, as the database says: for showing and for moving, never for
 * deciding who may write. The holder may have let go of the entity, or be dead, and by
 * the time of the answer another may hold it.
 */
export interface Holders {
  /**
   * Entities by who claimed them last, and first of all, with no holder, those nobody
   * has claimed yet; by node, then by boot. Only those with at least one entity.
   * Reads every owner row: for people, not for every second.
   * @throws StorageUnavailable
   */
  holders(): Promise<readonly { readonly holder: Holder | undefined; readonly entities: number }[]>;
  /**
   * The entity's holder (undefined before its first claim), epoch and last revision;
   * undefined when there is no such entity.
   * @throws StorageUnavailable
   */
  holderOf(entityId: string): Promise<HeldEntity | undefined>;
  /**
   * Entities somebody has claimed, by id ascending, those after `afterId`, at most
   * `limit` (1 to 10,000). A shorter answer than `limit` means the end was reached.
   * @throws StorageUnavailable
   */
  listHeld(
    afterId: string | undefined,
    limit: number,
  ): Promise<readonly { readonly entityId: string; readonly holder: Holder }[]>;
  /**
   * Takes this boot's name off everything it claimed, so that nobody is told that it has
   * what it had once. Epochs stay: what is still in its memory goes on committing, but is
   * taken over without a word, so let go of that first.
   * @throws StorageUnavailable
   */
  letGoOfAll(holder: Holder): Promise<void>;
}

export interface HeldEntity {
  readonly holder: Holder | undefined;
  readonly epoch: number;
  readonly revision: number;
}

/** Numbers of PeerMethod in cinema.cluster.v1. */
export type PeerMethodNumber = number;

export interface PeerCall {
  readonly method: PeerMethodNumber;
  /** The screening; empty for what concerns the node itself. */
  readonly entityId: string;
  /** The method's request, encoded. Not copied: leave it alone until the reply. */
  readonly request: Uint8Array;
  /** On the clock of whoever reads it, ms since 1970. */
  readonly deadlineMs: number;
}

export type PeerReply =
  | { readonly kind: 'answered'; readonly response: Uint8Array }
  /** The API said no or could not; an encoded ApiFailure. */
  | { readonly kind: 'failed'; readonly failure: Uint8Array }
  /** It does not own the entity and did nothing. */
  | { readonly kind: 'not-owner'; readonly ownerNodeId: string | undefined };

/** Who is at the other end of a link; both sides have said so. */
export interface PeerIdentity {
  readonly nodeId: string;
  readonly bootId: string;
}

/** Answers a peer's call. Never rejects. */
export type ServePeer = (call: PeerCall, from: PeerIdentity) => Promise<PeerReply>;

/** The links of this node to its peers: one each, made when first needed and made again when it breaks. */
export interface PeerLinks {
  /**
   * Sends one call and waits for its reply. Nothing is ever sent twice by the link.
   * @throws PeerUnreachable
   */
  call(peer: Member, call: PeerCall): Promise<PeerReply>;
  /** Closes the links to whoever is not among these any more. */
  keepOnly(members: readonly Member[]): void;
  /** Why the last attempt to reach the node failed; undefined when it is reached, or nobody tried. */
  problemWith(nodeId: string): string | undefined;
  /** Fails what is under way. Idempotent. */
  close(): Promise<void>;
}

/** There is no reply. */
export class PeerUnreachable extends Error {
  override readonly name = 'PeerUnreachable';

  constructor(
    message: string,
    /**
     * - `unsent`: the peer never saw the call.
     * - `in-doubt`: it may have acted on it; asking again needs the same request_id.
     * - `full`: as much is under way to this peer as may be; nothing was sent.
     * - `late`: the deadline passed; the peer may still act on it.
     */
    readonly kind: 'unsent' | 'in-doubt' | 'full' | 'late',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Bytes that several nodes may share, thrown away whenever what they were made from
 * changes. Losing an entry costs time; a write that an invalidation overtook is refused.
 */
export interface ReadCache {
  /** What is kept under the key, or a token to write it with. Undefined when the cache cannot be asked. Never rejects. */
  read(key: string): Promise<CacheRead | undefined>;
  /** Keeps the value unless the key was invalidated since the token was given. Never rejects. */
  write(key: string, token: string, value: Uint8Array): Promise<void>;
}

export type CacheRead =
  { readonly kind: 'hit'; readonly value: Uint8Array } | { readonly kind: 'miss'; readonly token: string };

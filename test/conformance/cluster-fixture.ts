import type { BusCodec } from '../../src/cluster/bus-codec.js';
import type { Bus } from '../../src/runtime/index.js';
import type { Member } from '../../src/cluster/member.js';
import type { Leases, ReadCache } from '../../src/cluster/ports.js';

/** What one node has of the store that all nodes share. */
export interface ClusterNode {
  readonly leases: Leases;
  readonly bus: Bus<Note>;
  readonly cache: ReadCache;
}

/** A store under test, empty at first, and the few looks behind its ports that tests need. */
export interface ClusterFixture {
  /** Another node, with connections of its own. */
  node(): Promise<ClusterNode>;
  /** Lets the lease run out as if its node had not renewed it. */
  expireLease(nodeId: string): Promise<void>;
  /** Lets what is cached under the key, value or token, run out. */
  expireEntry(key: string): Promise<void>;
  /** Everything is lost. */
  flush(): Promise<void>;
  /** No node reaches the store any more; it loses nothing. */
  goAway(): void;
  /** It can be reached again; nodes may need a moment to notice. */
  comeBack(): void;
  close(): Promise<void>;
}

export type OpenFixture = () => Promise<ClusterFixture>;

export const LEASE_TTL_MS = 60_000;
export const CACHE = { cacheTtlMs: 60_000, cacheValueBytesMax: 2_000 };

/** A message of the bus under test. */
export interface Note {
  readonly position: number;
  readonly content: Uint8Array;
  /** Keys of the cache. */
  readonly outdates: readonly string[];
}

export function note(position: number, given: Partial<Note> = {}): Note {
  return { position, content: new Uint8Array(), outdates: [], ...given };
}

/** A line of JSON, then the content as it is. */
export const noteCodec: BusCodec<Note> = {
  encode: ({ position, content, outdates }) =>
    Buffer.concat([Buffer.from(`${JSON.stringify({ position, outdates })}\n`), content]),
  decode(bytes) {
    const end = bytes.indexOf(10);
    const head: unknown = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString());
    if (typeof head !== 'object' || head === null) throw new Error('not a note');
    const { position, outdates } = Object.fromEntries(Object.entries(head));
    if (typeof position !== 'number' || !Array.isArray(outdates)) throw new Error('not a note');
    return { position, outdates: outdates.map(String), content: Uint8Array.from(bytes.subarray(end + 1)) };
  },
  invalidates: (_topic, { outdates }) => outdates,
};

export function member(nodeId: string, given: Partial<Member> = {}): Member {
  return {
    nodeId,
    bootId: `first boot of ${nodeId}`,
    zone: 'Süd "1"',
    weight: 1.5,
    state: 'serving',
    peerAddress: `${nodeId}:50151`,
    grpcAddress: `${nodeId}:50051`,
    httpAddress: `${nodeId}:8080`,
    ...given,
  };
}

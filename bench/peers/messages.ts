import type { PeerStores } from './peer.js';

export type PeerName = 'classic' | 'classic-defaults' | 'postgres' | 'redis';

/** argv[2] of a peer's process, as JSON. */
export interface PeerOrder extends PeerStores {
  readonly peer: PeerName;
}

/** What the benchmark and a peer's process say to each other. */
export type ToPeer = { readonly kind: 'usage' } | { readonly kind: 'collect-garbage' } | { readonly kind: 'stop' };

export type FromPeer =
  | { readonly kind: 'started'; readonly grpcPort: number }
  /** CPU time of the process since it started. */
  | { readonly kind: 'usage'; readonly cpuMicros: number }
  | { readonly kind: 'collected' };

/** What the benchmark and its processes of viewers and servers say to each other. */

export type Protocol = 'plain' | 'socket.io';

export interface Connect {
  readonly kind: 'connect';
  /** How many more, spread over the ports in turn. */
  readonly viewers: number;
  readonly ports: readonly number[];
  /** Path and query of the upgrade request. */
  readonly path: string;
  /** Source address of the connections, of this process alone. */
  readonly localAddress: string;
}

export type ToViewers = Connect | { readonly kind: 'check'; readonly expected: Expected };

/** What every viewer must have in the end. */
export interface Expected {
  readonly revision: number;
  /** See digestOf. */
  readonly digest: string;
}

export type FromViewers =
  | { readonly kind: 'ready' }
  | { readonly kind: 'connected' }
  /** Every viewer of the process has been brought to the revision. */
  | { readonly kind: 'received'; readonly receipt: Receipt }
  | { readonly kind: 'checked'; readonly right: number; readonly faults: readonly string[] };

/** When viewers had a delta, all of one process. */
export interface Receipt {
  readonly revision: number;
  /** Viewers by the millisecond since 1970 in which they had it. */
  readonly at: readonly (readonly [epochMs: number, viewers: number])[];
}

export type ToServer =
  /** What a viewer is sent who comes from now on. */
  { readonly kind: 'snapshot'; readonly text: string } | { readonly kind: 'publish'; readonly text: string };

export type FromServer =
  { readonly kind: 'listening'; readonly port: number } | { readonly kind: 'published'; readonly epochMs: number };

/**
 * Source port of a process's first viewer; each has the one after it. They are told and not left to the kernel:
 * from the moment that half of its ports are in use it looks at thousands before it finds a free one.
 */
export const FIRST_PORT = 33_000;

/** Where the servers beside ours hear what to publish. */
export const CHANNEL = 'bench-viewers';

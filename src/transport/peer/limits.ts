/** Bounds of a link, as `cluster` of the configuration has them. */
export interface PeerLimits {
  /** Most calls under way on one link. */
  readonly callsPerPeerMax: number;
  /** Most bytes of requests under way on one link. */
  readonly bytesPerPeerMax: number;
  /** Most calls or replies of one frame. */
  readonly peerBatchCallsMax: number;
  /** From the first packet to the other side's hello. */
  readonly peerConnectTimeoutMs: number;
  /** A link on which nothing comes for this long, pings included, is given up. */
  readonly peerSilenceMs: number;
}

export interface PeerLinkLimits extends PeerLimits {
  /** Longest pause between attempts to reach a peer; a link that lasted as long is made again at once. */
  readonly peerReconnectMaxMs: number;
}

/** A frame is closed once it has this many bytes, so that what comes after a large call does not wait for its like. */
export const FRAME_BYTES = 262_144;

/** The largest frame there can be: a full one, a largest call, and room for the names of its calls. */
export function frameBytesMax({ bytesPerPeerMax }: PeerLimits): number {
  return FRAME_BYTES + bytesPerPeerMax + 1_048_576;
}

/** Where a link says what happened to it. Must not throw. */
export type PeerLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** The live seat maps of a node: replicas, deltas and resume. */
export { bookingsKey, seatMapKey } from './cache-keys.js';
export { CachedSeatMaps, type CachedSeatMapPorts } from './cached-seat-maps.js';
export { replicaReader, type SeatMapReader } from './seat-map-reader.js';
export { screeningNotices } from './notice-codec.js';
export { decodeOwnerState, encodeOwnerState } from './owner-state-codec.js';
export { encodeResumeToken } from './resume-token.js';
export { StreamHub, type HubLimits } from './stream-hub.js';
export type { OwnerState } from './owner-state.js';
export { readMessage, UnreadableMessage } from './unreadable-message.js';
export type { SeatDelta, SeatFrame, SeatMapView, SeatProgress, SeatStream, SeatStreams } from './seat-stream.js';

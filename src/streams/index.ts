/** The live seat maps of a node: replicas, deltas and resume. */
export { StreamHub, type HubLimits } from './stream-hub.js';
export type { OwnerState } from './screening-stream.js';
export type { SeatDelta, SeatFrame, SeatMapView, SeatProgress, SeatStream, SeatStreams } from './seat-stream.js';

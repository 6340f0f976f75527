/** The live seat maps of a node: replicas, deltas and resume. */
export { StreamHub, type HubLimits, type HubPorts } from './stream-hub.js';
export type { OwnerState } from './screening-stream.js';
export type { ResetReason, SeatDelta, SeatFrame, SeatMapView, SeatStream, SeatStreams } from './seat-stream.js';

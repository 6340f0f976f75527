/** The public contract, whatever the wire. */
export {
  ApiError,
  invalidFields,
  statusCodes,
  type ErrorDetail,
  type FieldViolation,
  type StatusCode,
} from './api-error.js';
export { auditoriumPlans, type AuditoriumPlans } from './auditorium-plans.js';
export type { BoxOffice, Call, Method } from './box-office.js';
export { storedBookings, type BuyerBookings } from './buyer-bookings.js';
export { CachedBookings } from './cached-bookings.js';
export type { ClusterAdmin, NodeMoves, NodeOrder, NodeStatus } from './cluster-admin.js';
export { clusterMethods, type ClusterMethods } from './cluster-methods.js';
export { edgeError, publicError, type OnBug } from './guard.js';
export { seatMapMessage, seatStatus } from './messages.js';
export { readScreeningId, readWatchSeats } from './request-schemas.js';
export { askForSeatStates } from './seat-commands.js';
export { openBoxOffice } from './open-box-office.js';
export { queueStatistics, type QueueStatistics } from './queue-statistics.js';
export { fieldProblem } from './field-problems.js';
export { failureError, rethrowForCallers } from './refusals.js';
export { encodedMethods, type EncodedMethod, type EncodedMethods } from './routing/encoded-methods.js';
export { isMoving, ownerCaller, type OwnerCaller } from './routing/peer-caller.js';
export { encodeFailure } from './routing/failure-codec.js';
export { queueStatisticsOfOwner, seatStatesOfOwner } from './routing/owner-questions.js';
export { ownerMethods, type PeerHandler } from './routing/peer-methods.js';
export { routedBoxOffice } from './routing/routed-box-office.js';

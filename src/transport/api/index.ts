/** The public contract, whatever the wire. */
export {
  ApiError,
  invalidFields,
  statusCodes,
  type ErrorDetail,
  type FieldViolation,
  type StatusCode,
} from './api-error.js';
export {
  auditoriumPlans,
  type AuditoriumPlan,
  type AuditoriumPlans,
  type PlanCacheLimits,
} from './auditorium-plans.js';
export type { BoxOffice, Call, Method } from './box-office.js';
export type { Catalogue } from './catalogue.js';
export { ask, type CommandRouter } from './command-router.js';
export { seatMapMessage, seatStatus } from './messages.js';
export { readWatchSeats } from './request-schemas.js';
export { askForSeatStates } from './seat-commands.js';
export { openBoxOffice, type BoxOfficePorts } from './open-box-office.js';
export { queueStatistics, type QueueStatistics } from './queue-statistics.js';
export { failureError, storageUnavailable } from './refusals.js';
export type { DefaultLimits, PlanFormat } from './screening-methods.js';

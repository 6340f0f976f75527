/** The public API over gRPC. */
export { openGrpcServer, type GrpcLimits, type GrpcServer, type GrpcServerOptions } from './server.js';
export type { Readiness } from './health-service.js';

/** The public API over gRPC. */
export { openGrpcServer, type GrpcServerOptions } from './server.js';

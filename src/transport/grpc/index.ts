/** The public API over gRPC. */
export { dropBindErrorLine } from './bind-error-line.js';
export { openGrpcServer, type GrpcServerOptions } from './server.js';

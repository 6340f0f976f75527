export { listen, type Listening } from './listen.js';
export { loadUws, UwsUnavailable } from './load.js';
export type { UwsApp, UwsNative, UwsRequest, UwsResponse, UwsSocket } from './types.js';

export { listen } from './listen.js';
export { loadUws } from './load.js';
export type { UwsApp, UwsRequest, UwsResponse, UwsSocket } from './types.js';

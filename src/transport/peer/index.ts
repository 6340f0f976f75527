/** How nodes of a cluster call each other: one link from each node to each peer. */
export { peerCredentials, type PeerCertificateFiles } from './credentials.js';
export type { PeerLog } from './limits.js';
export { openPeerLinks, type PeerLinksOptions } from './open-peer-links.js';
export { openPeerServer, type PeerServer, type PeerServerOptions } from './open-peer-server.js';

/** Many nodes, one set of screenings: who is alive, who owns what, and how a call gets there. */
export type { ClusterView, Member, MemberState } from './member.js';
export {
  LeasesUnavailable,
  PeerUnreachable,
  type CacheRead,
  type LeaseAnswer,
  type Leases,
  type PeerCall,
  type PeerIdentity,
  type PeerLinks,
  type PeerReply,
  type ReadCache,
  type ServePeer,
} from './ports.js';
export { NotOwner, Router, RouterFull, type RouteLimits, type Whereabouts } from './router.js';

/** Many nodes, one set of screenings: who is alive, who owns what, and how a call gets there. */
export { FormerPlacement } from './former-placement.js';
export { gracefulClaims } from './graceful-claims.js';
export { HandOff } from './hand-off.js';
export { openMembership } from './leased-membership.js';
export type { ClusterView, Member } from './member.js';
export { MembershipClosed, NodeIdTaken, type Membership } from './membership.js';
export { movingMethods, movingPeers, type MovingPeers, type NodeStateChange } from './moving-methods.js';
export { placementOf, type Placement } from './placement.js';
export {
  PeerUnreachable,
  type Holder,
  type Holders,
  type Leases,
  type PeerCall,
  type PeerIdentity,
  type PeerLinks,
  type PeerReply,
  type ReadCache,
  type ServePeer,
} from './ports.js';
export { NotOwner, Router, RouterFull, type Whereabouts } from './router.js';

/** Many nodes, one set of screenings: who is alive, who owns what, and how a call gets there. */
export { FormerPlacement } from './former-placement.js';
export { gracefulClaims } from './graceful-claims.js';
export { HandOff } from './hand-off.js';
export { openMembership } from './leased-membership.js';
export type { ClusterView, Member, MemberState } from './member.js';
export {
  MembershipClosed,
  NodeIdTaken,
  type Membership,
  type MembershipLimits,
  type MembershipParts,
} from './membership.js';
export type { SelfCondition } from './membership-view.js';
export { movingMethods, movingPeers, type MovingPeers, type NodeStateChange } from './moving-methods.js';
export type { SelfChange } from './own-record.js';
export { placementOf, type Placement } from './placement.js';
export {
  LeasesUnavailable,
  PeerUnreachable,
  type CacheRead,
  type Holder,
  type Holders,
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

import type { Member } from '../../src/cluster/index.js';

/** A member with what a test does not care about filled in; its boot is `<id>-boot`. */
export function member(nodeId: string, given: Partial<Member> = {}): Member {
  return {
    nodeId,
    bootId: `${nodeId}-boot`,
    zone: '',
    weight: 1,
    state: 'serving',
    peerAddress: `${nodeId}:50151`,
    grpcAddress: `${nodeId}:50051`,
    httpAddress: `${nodeId}:8080`,
    ...given,
  };
}

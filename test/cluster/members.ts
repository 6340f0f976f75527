import type { ClusterView, Member } from '../../src/cluster/member.js';

/** A member that serves with weight 1, unless told otherwise. */
export function member(nodeId: string, change: Partial<Member> = {}): Member {
  return {
    nodeId,
    bootId: `boot-of-${nodeId}`,
    zone: '',
    weight: 1,
    state: 'serving',
    peerAddress: `${nodeId}:50151`,
    grpcAddress: `${nodeId}:50051`,
    httpAddress: `${nodeId}:8080`,
    ...change,
  };
}

/** @param members names, for members as `member` makes them, or records */
export function viewOf(version: number, members: readonly (string | Member)[], generation = 'g1'): ClusterView {
  return { generation, version, members: members.map((each) => (typeof each === 'string' ? member(each) : each)) };
}

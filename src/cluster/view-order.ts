import type { ClusterView, Member } from './member.js';

/** The view with its members by node id, in the order of code units: the same on every node. */
export function inOrder(view: ClusterView): ClusterView {
  return { ...view, members: view.members.toSorted(byNodeId) };
}

export function byNodeId(a: Member, b: Member): number {
  if (a.nodeId === b.nodeId) return 0;
  return a.nodeId < b.nodeId ? -1 : 1;
}

/** Both in order. Looks at every record, and so does not depend on versions being right. */
export function sameView(a: ClusterView, b: ClusterView): boolean {
  return (
    a.generation === b.generation &&
    a.version === b.version &&
    a.members.length === b.members.length &&
    a.members.every((member, index) => sameMember(member, b.members[index]))
  );
}

function sameMember(a: Member, b: Member | undefined): boolean {
  return (
    a.nodeId === b?.nodeId &&
    a.bootId === b.bootId &&
    a.zone === b.zone &&
    a.weight === b.weight &&
    a.state === b.state &&
    a.peerAddress === b.peerAddress &&
    a.grpcAddress === b.grpcAddress &&
    a.httpAddress === b.httpAddress
  );
}

/** Those whose node ids the view does not have. */
export function absentFrom(view: ClusterView, members: readonly Member[]): readonly Member[] {
  const present = new Set(view.members.map(({ nodeId }) => nodeId));
  return members.filter(({ nodeId }) => !present.has(nodeId));
}

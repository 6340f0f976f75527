import type { Member, MemberState } from './member.js';

/** What this node says of itself, and why. */
export interface OwnRecord {
  readonly member: Member;
  /** Why it does not serve; empty when it does, or nobody said. Not part of the lease. */
  readonly reason: string;
}

export interface SelfChange {
  /**
   * Left out: as it is. Whoever sets it must know of all there is against serving: a node
   * that becomes fit may still have to drain.
   */
  readonly state?: MemberState;
  /** 0 to 100; left out: as it is. */
  readonly weight?: number;
  /** Why the node does not serve, for reports. Forgotten when its state changes. */
  readonly reason?: string;
}

/** The same reference when nothing changes; the same `member` when only the reason does. */
export function changedRecord(own: OwnRecord, change: SelfChange): OwnRecord {
  const { state = own.member.state, weight = own.member.weight } = change;
  const sameState = state === own.member.state;
  const sameMember = sameState && weight === own.member.weight;
  const reason = state === 'serving' ? '' : (change.reason ?? (sameState ? own.reason : ''));
  if (sameMember && reason === own.reason) return own;
  return { member: sameMember ? own.member : { ...own.member, state, weight }, reason };
}

export function describeRecord({ member, reason }: OwnRecord): string {
  const why = reason === '' ? '' : `: ${reason}`;
  return `${member.nodeId}, this node, is ${member.state} with weight ${String(member.weight)}${why}`;
}

/** Why the node takes no share, when something is wrong with it. */
export function describeUnfitness({ member, reason }: OwnRecord): string | undefined {
  if (member.state !== 'unfit') return undefined;
  return `this node takes no screenings: ${reason === '' ? 'it is unfit' : reason}`;
}

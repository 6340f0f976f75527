import type { ClusterView, Member } from './member.js';
import type { Outlook, SelfCondition, ViewProblem } from './membership-view.js';
import { absentFrom } from './view-order.js';

/** `error`: this node is out of the cluster, or may be. `warn`: something or somebody failed. `info`: the rest. */
export type NewsLevel = 'info' | 'warn' | 'error';

/** A sentence for operators. */
export interface News {
  readonly level: NewsLevel;
  readonly sentence: string;
}

/** What happened between two outlooks of the node `nodeId`: each change once, nothing when they are the same. */
export function newsBetween(before: Outlook, after: Outlook, nodeId: string): readonly News[] {
  return [
    ...newsOfProblem(before.problem, after.problem),
    ...newsOfSelf(before.self, after.self, nodeId),
    ...newsOfView(before.view, after.view, nodeId),
  ];
}

/** Why the view may be old or wrong. */
export function describeProblem(problem: ViewProblem): string {
  switch (problem.kind) {
    case 'store-away':
      return `the store of leases is away (${problem.reason}): the last view holds and nobody is declared dead`;
    case 'leases-lost':
      return `the store of leases lost the leases of ${problem.kept.join(', ')}: they stay in the view for a while, for they may live`;
    case 'store-went-back':
      return `the store of leases went back from version ${String(problem.fromVersion)} to ${String(problem.toVersion)}: what it shows is ignored for a while`;
  }
}

/** What is wrong with this node's own membership; undefined when nothing is. */
export function describeCondition(self: SelfCondition, nodeId: string): string | undefined {
  switch (self.kind) {
    case 'member':
      return undefined;
    case 'joining':
      return self.heldBy === undefined
        ? 'this node has no lease yet'
        : `this node waits for ${nodeId}, its id, which ${bootOf(self.heldBy)} still has`;
    case 'cut-off':
      return 'this node could not renew its lease before it ran out: it is dead to every node that reaches the store';
    case 'displaced':
      return `${bootOf(self.by)} has taken ${nodeId}, the id of this node: it owns nothing until the other is gone. Two nodes must not have the same id`;
    case 'left':
      return 'this node has left the cluster';
  }
}

/** For sentences about another process. */
export function bootOf({ bootId, peerAddress }: Member): string {
  return `boot ${bootId} at ${peerAddress}`;
}

function newsOfProblem(before: ViewProblem | undefined, after: ViewProblem | undefined): News[] {
  if (before?.kind === after?.kind) return [];
  const news: News[] = [];
  if (before?.kind === 'store-away') news.push(info('the store of leases answers again'));
  if (before?.kind === 'store-went-back') news.push(info('the view of the store of leases counts again'));
  if (after !== undefined) news.push(warn(describeProblem(after)));
  return news;
}

function newsOfSelf(before: SelfCondition, after: SelfCondition, nodeId: string): News[] {
  if (before === after) return [];
  switch (after.kind) {
    case 'member':
      return [info(becameMember(before, nodeId))];
    case 'left':
      return before.kind === 'joining' ? [] : [info(`${nodeId}, this node, left the cluster`)];
    case 'joining':
      return [warn(describeCondition(after, nodeId) ?? '')];
    case 'cut-off':
    case 'displaced':
      return [{ level: 'error', sentence: describeCondition(after, nodeId) ?? '' }];
  }
}

function becameMember(before: SelfCondition, nodeId: string): string {
  switch (before.kind) {
    case 'cut-off':
      return `${nodeId}, this node, has a lease again`;
    case 'displaced':
      return `${nodeId} is this node again: the other boot is gone`;
    default:
      return `${nodeId}, this node, joined the cluster`;
  }
}

/** Of the others; of this node's id its condition tells. */
function newsOfView(before: ClusterView | undefined, after: ClusterView | undefined, nodeId: string): News[] {
  if (before === after || after === undefined) return [];
  const known = new Map(before?.members.map((member) => [member.nodeId, member]));
  const lost = before !== undefined && before.generation !== after.generation;
  return [
    ...(lost ? [warn('the store of leases has lost everything it knew and begins anew')] : []),
    ...absentFrom(after, before?.members ?? [])
      .filter(isOther)
      .map(newsOfGone),
    ...after.members.filter(isOther).flatMap((member) => newsOfMember(known.get(member.nodeId), member)),
  ];

  function isOther(member: Member): boolean {
    return member.nodeId !== nodeId;
  }
}

/** A node drains before it leaves in order; one that does not leave in order does not drain. */
function newsOfGone({ nodeId, state }: Member): News {
  return state === 'draining' ? info(`${nodeId} left, drained`) : warn(`${nodeId} died: its lease ran out`);
}

function newsOfMember(before: Member | undefined, after: Member): News[] {
  const { nodeId, weight, state } = after;
  if (before === undefined) return [info(`${nodeId} joined: ${bootOf(after)}, weight ${String(weight)}, ${state}`)];
  if (before.bootId !== after.bootId) return [warn(`${nodeId} was started again: ${bootOf(after)}, ${state}`)];
  const news: News[] = [];
  if (before.state !== state)
    news.push({ level: state === 'unfit' ? 'warn' : 'info', sentence: `${nodeId} is ${state}` });
  if (before.weight !== weight) news.push(info(`${nodeId} has weight ${String(weight)}`));
  return news;
}

function info(sentence: string): News {
  return { level: 'info', sentence };
}

function warn(sentence: string): News {
  return { level: 'warn', sentence };
}

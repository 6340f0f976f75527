import type { ClusterView, Member } from './member.js';
import type { LeaseAnswer } from './ports.js';
import { adoptView, type AdoptedView, type StoreFault } from './view-adoption.js';
import { sameView } from './view-order.js';

/** What callers see of the membership. Each part stays the same reference while it says the same. */
export interface Outlook {
  /**
   * The adopted view; undefined before the first answer. Compare it by reference, not by
   * version: for a while it may have members that the store has lost.
   */
  readonly view: ClusterView | undefined;
  readonly self: SelfCondition;
  /** Why the view may be old or wrong. */
  readonly problem: ViewProblem | undefined;
}

/**
 * - `joining`: has had no lease yet; `heldBy` is another boot that has the lease of this node's id.
 * - `member`: the last renewal that was answered renewed the lease.
 * - `cut-off`: could not renew for longer than a lease lasts; dead to every node that reaches the store.
 * - `displaced`: another boot took the lease of this node's id. It is in the view and owns what that id owns.
 * - `left`: gave its lease back; for good.
 */
export type SelfCondition =
  | { readonly kind: 'joining'; readonly heldBy: Member | undefined }
  | { readonly kind: 'member' }
  | { readonly kind: 'cut-off' }
  | { readonly kind: 'displaced'; readonly by: Member }
  | { readonly kind: 'left' };

/** `store-away`: no answer, for the first `reason` of several. The view is the last one; nobody is declared dead. */
export type ViewProblem = { readonly kind: 'store-away'; readonly reason: string } | StoreFault;

/** Times are monotonic, in ms. */
export interface MembershipState {
  readonly outlook: Outlook;
  readonly adopted: AdoptedView | undefined;
  /** The last input, whatever it was. */
  readonly heardAtMs: number | undefined;
  /** The process did not run for longer than a lease lasts, and no answer has come since. */
  readonly slept: boolean;
  /** When the last renewal that succeeded was sent: the lease has run at least from then. */
  readonly renewedAtMs: number | undefined;
}

export type MembershipInput =
  | {
      readonly kind: 'answered';
      readonly answer: LeaseAnswer;
      /** When the renewal was sent, which may be long before `atMs`. */
      readonly sentAtMs: number;
      readonly atMs: number;
    }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly atMs: number }
  /** The lease was given back, or left to run out: this boot is no member any more. */
  | { readonly kind: 'released'; readonly bootId: string };

export interface MembershipRules {
  readonly leaseTtlMs: number;
  /** How long members without a lease stay in the view when the store has lost leases. */
  readonly leaseLossGraceMs: number;
}

export const notYetAMember: MembershipState = {
  outlook: { view: undefined, self: { kind: 'joining', heldBy: undefined }, problem: undefined },
  adopted: undefined,
  heardAtMs: undefined,
  slept: false,
  renewedAtMs: undefined,
};

/**
 * The state after an input. Inputs come in the order in which they happened, one for every
 * renewal, and less than a lease apart: a longer silence is taken for a sleep of the process.
 */
export function nextMembership(
  state: MembershipState,
  input: MembershipInput,
  rules: MembershipRules,
): MembershipState {
  if (state.outlook.self.kind === 'left') return state;
  if (input.kind === 'released') return left(state, input.bootId);
  const awake = { ...state, heardAtMs: input.atMs, slept: state.slept || sleptUntil(state, input.atMs, rules) };
  if (input.kind === 'unreachable') return unanswered(awake, input.reason, input.atMs, rules);
  const tookMs = input.atMs - input.sentAtMs;
  return tookMs <= rules.leaseTtlMs
    ? answered(awake, input.answer, input.sentAtMs, input.atMs, rules)
    : // It tells of the past, and the lease it tells of may have run out since.
      unanswered(awake, `an answer took ${tookMs.toFixed(0)} ms`, input.atMs, rules);
}

/**
 * Whether this boot has the lease of its node's id and it cannot have run out. False for a
 * process that was frozen, from the moment it runs again.
 */
export function holdsLease({ outlook, renewedAtMs }: MembershipState, nowMs: number, rules: MembershipRules): boolean {
  return outlook.self.kind === 'member' && renewedAtMs !== undefined && nowMs - renewedAtMs <= rules.leaseTtlMs;
}

function answered(
  state: MembershipState,
  answer: LeaseAnswer,
  sentAtMs: number,
  atMs: number,
  rules: MembershipRules,
): MembershipState {
  // While the process slept its lease ran out as it should, and the others went on
  // without it: it knows nothing of what it knew. Not so when the store was away: then
  // the others could not renew either, and need time to come back.
  const before = state.slept ? undefined : state.adopted;
  const adopted = adoptView(before, answer.view, lostLease(state, answer), atMs, rules.leaseLossGraceMs);
  return {
    ...state,
    adopted,
    outlook: outlookOf(state.outlook, adopted.view, conditionAfter(state, answer), adopted.fault),
    slept: false,
    renewedAtMs: answer.kind === 'held' ? sentAtMs : state.renewedAtMs,
  };
}

/** The store does not answer. That says nothing of anybody's life; only this node's own lease runs out. */
function unanswered(state: MembershipState, reason: string, atMs: number, rules: MembershipRules): MembershipState {
  const { outlook } = state;
  const ranOut = outlook.self.kind === 'member' && !holdsLease(state, atMs, rules);
  const self: SelfCondition = ranOut ? { kind: 'cut-off' } : outlook.self;
  return { ...state, outlook: outlookOf(outlook, outlook.view, self, { kind: 'store-away', reason }) };
}

function left(state: MembershipState, bootId: string): MembershipState {
  const { view } = state.outlook;
  const others = view && { ...view, members: view.members.filter((member) => member.bootId !== bootId) };
  return { ...state, outlook: { view: others, self: { kind: 'left' }, problem: undefined } };
}

function sleptUntil({ heardAtMs }: MembershipState, atMs: number, rules: MembershipRules): boolean {
  return heardAtMs !== undefined && atMs - heardAtMs > rules.leaseTtlMs;
}

/** Whether the answer tells of the loss of a lease that this boot had, or would have had but for the store. */
function lostLease({ outlook }: MembershipState, answer: LeaseAnswer): boolean {
  const had = outlook.self.kind === 'member' || outlook.self.kind === 'cut-off';
  return had && (answer.kind === 'taken' || answer.wasMissing);
}

function conditionAfter({ renewedAtMs }: MembershipState, answer: LeaseAnswer): SelfCondition {
  if (answer.kind === 'held') return { kind: 'member' };
  return renewedAtMs === undefined ? { kind: 'joining', heldBy: answer.by } : { kind: 'displaced', by: answer.by };
}

function outlookOf(
  before: Outlook,
  view: ClusterView | undefined,
  self: SelfCondition,
  problem: ViewProblem | undefined,
): Outlook {
  const after = {
    view: before.view && view && sameView(before.view, view) ? before.view : view,
    self: sameCondition(before.self, self) ? before.self : self,
    problem: sameProblem(before.problem, problem) ? before.problem : problem,
  };
  const same = after.view === before.view && after.self === before.self && after.problem === before.problem;
  return same ? before : after;
}

function sameCondition(a: SelfCondition, b: SelfCondition): boolean {
  return a.kind === b.kind && otherBoot(a) === otherBoot(b);
}

function otherBoot(condition: SelfCondition): string | undefined {
  if (condition.kind === 'displaced') return condition.by.bootId;
  return condition.kind === 'joining' ? condition.heldBy?.bootId : undefined;
}

/** Reasons and versions differ from answer to answer; the trouble they tell of is the same. */
function sameProblem(a: ViewProblem | undefined, b: ViewProblem | undefined): boolean {
  if (a?.kind === 'leases-lost' && b?.kind === 'leases-lost') return a.kept.join() === b.kept.join();
  return a?.kind === b?.kind;
}

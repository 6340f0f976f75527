import {
  nextMembership,
  notYetAMember,
  type MembershipInput,
  type MembershipState,
} from '../../src/cluster/membership-view.js';
import type { ClusterView, Member } from '../../src/cluster/member.js';
import { member } from './members.js';

export const rules = { leaseTtlMs: 1_500, leaseLossGraceMs: 5_000 };
export const RENEW_MS = 300;

/** The life of node-1 as its renewals tell it; each renewal is `RENEW_MS` after the last, unless told otherwise. */
export class Life {
  state: MembershipState = notYetAMember;
  atMs = 50_000;

  get view(): ClusterView | undefined {
    return this.state.outlook.view;
  }

  get members(): readonly string[] | undefined {
    return this.view?.members.map(({ nodeId }) => nodeId);
  }

  get condition(): string {
    return this.state.outlook.self.kind;
  }

  get problem(): string | undefined {
    return this.state.outlook.problem?.kind;
  }

  held(view: ClusterView, how: { readonly wasMissing?: boolean; readonly tookMs?: number } = {}): this {
    this.atMs += RENEW_MS;
    const sentAtMs = this.atMs;
    this.atMs += how.tookMs ?? 1;
    const answer = { kind: 'held', view, wasMissing: how.wasMissing ?? false } as const;
    return this.input({ kind: 'answered', answer, sentAtMs, atMs: this.atMs });
  }

  taken(view: ClusterView, by: Member = member('node-1', { bootId: 'another' })): this {
    this.atMs += RENEW_MS;
    return this.input({
      kind: 'answered',
      answer: { kind: 'taken', view, by },
      sentAtMs: this.atMs,
      atMs: this.atMs,
    });
  }

  /** Renewals fail for this long. */
  away(forMs = RENEW_MS, reason = 'connection refused'): this {
    const untilMs = this.atMs + forMs;
    while (this.atMs < untilMs) {
      this.atMs += RENEW_MS;
      this.input({ kind: 'unreachable', reason, atMs: this.atMs });
    }
    return this;
  }

  /** Renewals are answered the same for this long. */
  heldFor(ms: number, view: ClusterView): this {
    const untilMs = this.atMs + ms;
    while (this.atMs + RENEW_MS + 1 < untilMs) this.held(view);
    return this;
  }

  /** The process does not run. */
  frozen(ms: number): this {
    this.atMs += ms;
    return this;
  }

  input(input: MembershipInput): this {
    this.state = nextMembership(this.state, input, rules);
    return this;
  }
}

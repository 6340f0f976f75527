import { FirstLease } from './first-lease.js';
import type { ClusterView, Member } from './member.js';
import type { Membership, MembershipParts } from './membership.js';
import { describeCondition, describeProblem, newsBetween, type News } from './membership-news.js';
import {
  holdsLease,
  nextMembership,
  notYetAMember,
  type MembershipInput,
  type SelfCondition,
} from './membership-view.js';
import { changedRecord, describeRecord, describeUnfitness, type OwnRecord, type SelfChange } from './own-record.js';
import { placementOf, type Placement } from './placement.js';
import { LeasesUnavailable } from './ports.js';
import { RenewalLoop } from './renewal-loop.js';

/** Does nothing before it is started. */
export function openMembership(parts: MembershipParts): Membership {
  return new LeasedMembership(parts);
}

class LeasedMembership implements Membership {
  private own: OwnRecord;
  private state = notYetAMember;
  private placed: { readonly view: ClusterView | undefined; readonly placement: Placement } | undefined;
  private readonly loop: RenewalLoop;
  private readonly listeners = new Set<() => void>();
  private closed = false;
  private forgetHints: () => void = () => undefined;
  private readonly first: FirstLease;
  /** The record the store has, as far as this node knows. */
  private storedRecord: Member | undefined;
  private readonly untilStored: ((stored: boolean) => void)[] = [];
  private leaving: Promise<void> | undefined;

  constructor(private readonly parts: MembershipParts) {
    this.own = { member: parts.self, reason: '' };
    this.first = new FirstLease(parts.limits.leaseTtlMs);
    this.loop = new RenewalLoop(() => this.renew(), parts.clock, parts.randomness, parts.limits);
  }

  async start(): Promise<void> {
    const first = this.first.wait();
    if (this.closed) this.first.giveUp();
    else {
      this.forgetHints = this.parts.leases.onChange(() => this.loop.hint());
      this.loop.start();
    }
    try {
      await first;
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  view(): ClusterView | undefined {
    return this.state.outlook.view;
  }

  placement(): Placement {
    const { view } = this.state.outlook;
    if (this.placed === undefined || this.placed.view !== view) {
      this.placed = { view, placement: placementOf(view?.members ?? [], this.parts.limits) };
    }
    return this.placed.placement;
  }

  self(): Member {
    return this.own.member;
  }

  condition(): SelfCondition {
    return this.state.outlook.self;
  }

  setSelf(change: SelfChange): Promise<boolean> {
    const before = this.own;
    this.own = changedRecord(before, change);
    if (this.own !== before) {
      const level = this.own.member.state === 'unfit' ? 'warn' : 'info';
      this.tell([{ level, sentence: describeRecord(this.own) }]);
    }
    if (this.own.member === this.storedRecord) return Promise.resolve(true);
    if (!this.loop.urge()) return Promise.resolve(false);
    return new Promise((resolve) => this.untilStored.push(resolve));
  }

  onChange(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  report(): { readonly ok: boolean; readonly detail?: string } {
    const { self, problem } = this.state.outlook;
    const isFrozenMember = self.kind === 'member' && this.isCutOff();
    const troubles = [
      describeCondition(isFrozenMember ? { kind: 'cut-off' } : self, this.own.member.nodeId),
      problem && describeProblem(problem),
      describeUnfitness(this.own),
    ].filter((trouble) => trouble !== undefined);
    return troubles.length === 0 ? { ok: true } : { ok: false, detail: troubles.join('; ') };
  }

  isCutOff(): boolean {
    return !holdsLease(this.state, this.parts.clock.monotonic(), this.parts.limits);
  }

  leave(): Promise<void> {
    return (this.leaving ??= this.giveBack());
  }

  stop(): void {
    void this.close();
    this.listeners.clear();
  }

  /** @returns when the renewal under way has ended */
  private close(): Promise<void> {
    this.closed = true;
    this.forgetHints();
    this.first.giveUp();
    this.settleStored(false);
    return this.loop.stop();
  }

  private async renew(): Promise<void> {
    const record = this.own.member;
    const input = await this.ask(record);
    if (this.closed) return;
    this.take(input);
    const stored = input.kind === 'answered' && !this.isCutOff();
    if (input.kind === 'answered') this.storedRecord = stored ? record : undefined;
    // Another record: the next renewal is due already, and will tell.
    if (record === this.own.member) this.settleStored(stored);
  }

  private ask(record: Member): Promise<MembershipInput> {
    const { leases, clock } = this.parts;
    const sentAtMs = clock.monotonic();
    return leases.renew(record).then(
      (answer) => ({ kind: 'answered', answer, sentAtMs, atMs: clock.monotonic() }),
      (error: unknown) => {
        if (!(error instanceof LeasesUnavailable)) throw error;
        return { kind: 'unreachable', reason: error.message, atMs: clock.monotonic() };
      },
    );
  }

  private settleStored(stored: boolean): void {
    for (const resolve of this.untilStored.splice(0)) resolve(stored);
  }

  private take(input: MembershipInput): void {
    const before = this.state.outlook;
    this.state = nextMembership(this.state, input, this.parts.limits);
    const after = this.state.outlook;
    if (after !== before) this.tell(newsBetween(before, after, this.own.member.nodeId));
    this.first.look(after.self, this.parts.clock.monotonic());
  }

  private async giveBack(): Promise<void> {
    const { nodeId, bootId } = this.own.member;
    // A renewal that came after the release would take the lease anew.
    const released = this.close().then(() => this.parts.leases.release(nodeId, bootId));
    try {
      await this.within(this.parts.limits.leaseTtlMs, released);
    } catch (error) {
      if (!(error instanceof LeasesUnavailable)) throw error;
      this.parts.log(
        'warn',
        `the lease of ${nodeId}, this node, could not be given back and runs out by itself: ${error.message}`,
      );
    }
    this.take({ kind: 'released', bootId });
    this.stop();
  }

  /** @throws LeasesUnavailable when the time is over */
  private async within(limitMs: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.parts.clock.after(limitMs, () =>
        reject(new LeasesUnavailable(`no answer within ${String(limitMs)} ms`)),
      );
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  private tell(news: readonly News[]): void {
    for (const { level, sentence } of news) this.parts.log(level, sentence);
    for (const changed of [...this.listeners]) changed();
  }
}

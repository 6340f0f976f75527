import type { ClusterView, Member } from '../../src/cluster/member.js';
import { LeasesUnavailable, type LeaseAnswer, type Leases } from '../../src/cluster/ports.js';

/** A store of leases in which nothing runs out by itself: the test says what happens. */
export class ScriptedLeases implements Leases {
  /** Records as they came, in order. */
  readonly renewals: Member[] = [];
  readonly releases: string[] = [];
  mostAtOnce = 0;
  /** Why it does not answer. */
  away: string | undefined;
  generation = 'g1';
  private version = 0;
  private members: readonly Member[] = [];
  private atOnce = 0;
  private gate: Promise<void> | undefined;
  private readonly hinted = new Set<() => void>();

  /** Members by any order; whoever is not among them has no lease. */
  set(...members: readonly Member[]): void {
    this.members = members;
    this.version += 1;
  }

  get view(): ClusterView {
    return { generation: this.generation, version: this.version, members: this.members };
  }

  get listeners(): number {
    return this.hinted.size;
  }

  hint(): void {
    for (const changed of this.hinted) changed();
  }

  /** Calls are acted on only once the returned function is called. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.gate = new Promise((resolve) => {
      open = resolve;
    });
    return () => {
      this.gate = undefined;
      open();
    };
  }

  async renew(member: Member): Promise<LeaseAnswer> {
    this.renewals.push(member);
    await this.reach();
    const holder = this.members.find(({ nodeId }) => nodeId === member.nodeId);
    if (holder !== undefined && holder.bootId !== member.bootId) return { kind: 'taken', by: holder, view: this.view };
    if (holder !== member) this.set(...this.members.filter((each) => each !== holder), member);
    return { kind: 'held', view: this.view, wasMissing: holder === undefined };
  }

  async release(nodeId: string, bootId: string): Promise<void> {
    this.releases.push(`${nodeId} ${bootId}`);
    await this.reach();
    this.set(...this.members.filter((each) => each.nodeId !== nodeId || each.bootId !== bootId));
  }

  onChange(changed: () => void): () => void {
    this.hinted.add(changed);
    return () => this.hinted.delete(changed);
  }

  private async reach(): Promise<void> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    await this.gate;
    this.atOnce -= 1;
    if (this.away !== undefined) throw new LeasesUnavailable(this.away);
  }
}

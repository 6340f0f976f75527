import { MembershipClosed, NodeIdTaken } from './membership.js';
import type { SelfCondition } from './membership-view.js';

/** A node's wait for its first lease. */
export class FirstLease {
  private waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  private heldByAnotherSinceMs: number | undefined;

  /** @param leaseTtlMs a killed predecessor's lease has run out after this; twice as long is patience enough */
  constructor(private readonly leaseTtlMs: number) {}

  /** @throws NodeIdTaken, MembershipClosed */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  /** Call after every renewal. */
  look(self: SelfCondition, nowMs: number): void {
    if (self.kind === 'member') {
      this.waiting?.resolve();
    } else if (self.kind === 'joining' && self.heldBy !== undefined) {
      this.heldByAnotherSinceMs ??= nowMs;
      if (nowMs - this.heldByAnotherSinceMs >= 2 * this.leaseTtlMs) this.waiting?.reject(new NodeIdTaken(self.heldBy));
    }
  }

  /** Nobody waits any more. Does nothing when the wait is over. */
  giveUp(): void {
    this.waiting?.reject(new MembershipClosed('the membership was closed before this node was a member'));
  }
}

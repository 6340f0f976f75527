import type { Member } from '../../cluster/member.js';
import { PeerUnreachable, type PeerCall, type PeerReply } from '../../cluster/ports.js';
import type { Randomness, Timer } from '../../runtime/index.js';
import { readAddress } from './address.js';
import { callFrame } from './call-frames.js';
import { CallsUnderWay } from './calls-under-way.js';
import { DialledLink, type DialOptions } from './dialled-link.js';
import type { PeerLinkLimits, PeerLog } from './limits.js';
import { reconnectPauseMs } from './reconnect-pause.js';

export interface PeerLinkOptions extends DialOptions {
  readonly limits: PeerLinkLimits;
  readonly randomness: Pick<Randomness, 'fraction'>;
  readonly log: PeerLog;
}

/**
 * - `dialling`: an attempt is under way. Calls wait for the first one, and for the first
 *   after a link that held; while the peer is known to be out of reach they fail at once.
 * - `open`: calls are written.
 * - `pausing`: until the next attempt.
 */
type State =
  | { readonly kind: 'dialling'; readonly link: DialledLink }
  | { readonly kind: 'open'; readonly link: DialledLink; readonly sinceMs: number }
  | { readonly kind: 'pausing'; readonly timer: Timer }
  | { readonly kind: 'closed' };

/** The link to one boot of a peer, at one address; made at once, and again whenever it breaks. */
export class PeerLink {
  /** Why the last attempt failed; undefined when it did not, or is the first. */
  problem: string | undefined;
  private state: State;
  private readonly calls: CallsUnderWay;
  private readonly name: string;
  /** The peer is not reading: no frame until there is room. */
  private isBlocked = false;
  private isFlushDue = false;
  /** Attempts in a row after which there was no link that held. */
  private failures = 0;

  constructor(
    readonly peer: Member,
    private readonly options: PeerLinkOptions,
  ) {
    this.name = `${peer.nodeId} at ${peer.peerAddress}`;
    this.calls = new CallsUnderWay(this.name, options.clock, options.limits);
    this.state = this.dial();
  }

  /** Rejects with PeerUnreachable. */
  call(call: PeerCall): Promise<PeerReply> {
    if (this.state.kind === 'open') this.flushSoon();
    else if (this.state.kind === 'closed') return Promise.reject(unsent(`the link to ${this.name} is closed`));
    else if (this.problem !== undefined) return Promise.reject(unsent(`${this.name} is out of reach: ${this.problem}`));
    return this.calls.add(call);
  }

  /** Fails what is under way. Idempotent; resolves when the socket is gone. */
  async close(reason: string): Promise<void> {
    const { state } = this;
    this.state = { kind: 'closed' };
    this.calls.failAll(reason);
    if (state.kind === 'pausing') state.timer.cancel();
    else if (state.kind !== 'closed') await state.link.close();
  }

  private dial(): State {
    const { peerAddress, nodeId, bootId } = this.peer;
    const address = readAddress(peerAddress);
    if (address === undefined) {
      const problem = `${JSON.stringify(peerAddress)} is not an address of the form host:port`;
      if (problem !== this.problem) this.options.log('warn', `cannot reach a peer: ${problem}`, this.fields());
      return this.pause(problem);
    }
    this.isBlocked = false;
    const link = new DialledLink({ ...address, identity: { nodeId, bootId } }, this.options, {
      opened: () => this.opened(link),
      replies: (replies) => replies.every(({ callId, reply }) => this.calls.settle(callId, reply)),
      drained: () => {
        this.isBlocked = false;
        this.flush();
      },
      ended: (reason) => this.ended(reason),
    });
    return { kind: 'dialling', link };
  }

  private opened(link: DialledLink): void {
    this.state = { kind: 'open', link, sinceMs: this.options.clock.monotonic() };
    this.problem = undefined;
    this.options.log('info', 'linked to a peer', this.fields());
    this.flush();
  }

  private ended(reason: string): void {
    const { clock, limits, log } = this.options;
    const openMs = this.state.kind === 'open' ? clock.monotonic() - this.state.sinceMs : undefined;
    this.calls.failAll(reason);
    if (openMs !== undefined) log('warn', `the link to a peer broke: ${reason}`, this.fields());
    if (openMs !== undefined && openMs >= limits.peerReconnectMaxMs) {
      this.failures = 0;
      this.state = this.dial();
      return;
    }
    // Once and not at every attempt, unless something new is wrong.
    if (openMs === undefined && reason !== this.problem) log('warn', `cannot reach a peer: ${reason}`, this.fields());
    this.state = this.pause(reason);
  }

  private pause(problem: string): State {
    const { clock, limits, randomness } = this.options;
    this.failures += 1;
    this.problem = problem;
    const pauseMs = reconnectPauseMs(this.failures, limits.peerReconnectMaxMs, randomness);
    return { kind: 'pausing', timer: clock.after(pauseMs, () => (this.state = this.dial())) };
  }

  private flushSoon(): void {
    if (this.isFlushDue || this.isBlocked) return;
    this.isFlushDue = true;
    this.options.clock.soon(() => {
      this.isFlushDue = false;
      this.flush();
    });
  }

  private flush(): void {
    while (this.state.kind === 'open' && !this.isBlocked) {
      const nowMs = this.options.clock.now();
      const calls = this.calls.takeFrame(nowMs);
      if (calls.length === 0) return;
      this.isBlocked = !this.state.link.write(callFrame(calls, nowMs));
    }
  }

  private fields(): Readonly<Record<string, unknown>> {
    const { nodeId, bootId, peerAddress } = this.peer;
    return { peer: nodeId, boot: bootId, address: peerAddress };
  }
}

function unsent(message: string): PeerUnreachable {
  return new PeerUnreachable(message, 'unsent');
}

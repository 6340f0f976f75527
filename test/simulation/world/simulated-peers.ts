import type { Member } from '../../../src/cluster/member.js';
import {
  PeerUnreachable,
  type PeerCall,
  type PeerIdentity,
  type PeerLinks,
  type PeerReply,
  type ServePeer,
} from '../../../src/cluster/ports.js';
import type { Clock } from '../../../src/runtime/ports.js';
import type { Host } from '../kernel/host.js';
import type { Calls } from './calls.js';

/** A process that peers can reach. */
export interface PeerProcess {
  readonly host: Host;
  readonly identity: PeerIdentity;
  readonly clock: Clock;
}

interface Listening extends PeerProcess {
  readonly serve: ServePeer;
}

/**
 * The links between nodes: calls and replies take time, overtake each other, arrive twice
 * or never. Whoever dials another boot than it meant to is hung up on.
 */
export class SimulatedPeers {
  private readonly listening = new Map<string, Listening>();

  constructor(
    private readonly calls: Calls,
    private readonly limits: { readonly callsPerPeerMax: number },
  ) {}

  /** Opens the port of a boot. A later boot of the node takes its place. */
  listen(process: PeerProcess, serve: ServePeer): { readonly address: string; readonly close: () => void } {
    const address = `${process.identity.nodeId}:50151`;
    const listening = { ...process, serve };
    this.listening.set(address, listening);
    const close = (): void => {
      if (this.listening.get(address) === listening) this.listening.delete(address);
    };
    return { address, close };
  }

  linksFor(self: PeerProcess): PeerLinks {
    const problems = new Map<string, string>();
    const underWay = new Map<string, Set<(error: PeerUnreachable) => void>>();
    let isClosed = false;
    const fail = (address: string, why: string): void => {
      for (const reject of underWay.get(address) ?? []) reject(new PeerUnreachable(why, 'in-doubt'));
      underWay.delete(address);
    };
    return {
      call: async (peer, call) => {
        if (isClosed) throw new PeerUnreachable('the links are closed', 'unsent');
        const waiting = underWay.get(peer.peerAddress) ?? new Set();
        underWay.set(peer.peerAddress, waiting);
        if (waiting.size >= this.limits.callsPerPeerMax) throw new PeerUnreachable('too many calls', 'full');
        let reject: ((error: PeerUnreachable) => void) | undefined;
        const cutOff = new Promise<never>((_resolve, rejected) => waiting.add((reject = rejected)));
        try {
          const reply = await Promise.race([this.call(self, peer, call), cutOff]);
          problems.delete(peer.nodeId);
          return reply;
        } catch (error) {
          if (error instanceof PeerUnreachable && error.kind === 'unsent') problems.set(peer.nodeId, error.message);
          throw error;
        } finally {
          if (reject !== undefined) waiting.delete(reject);
        }
      },
      keepOnly(members) {
        const kept = new Set(members.map(({ peerAddress }) => peerAddress));
        for (const address of underWay.keys()) if (!kept.has(address)) fail(address, 'the peer left');
      },
      problemWith: (nodeId) => problems.get(nodeId),
      close() {
        isClosed = true;
        for (const address of underWay.keys()) fail(address, 'the link was closed');
        return Promise.resolve();
      },
    };
  }

  private async call(self: PeerProcess, peer: Member, call: PeerCall): Promise<PeerReply> {
    const target = this.listening.get(peer.peerAddress);
    if (target?.identity.bootId !== peer.bootId) throw new PeerUnreachable(`no ${peer.bootId} there`, 'unsent');
    const timeoutMs = call.deadlineMs - self.clock.now();
    if (timeoutMs <= 0) throw new PeerUnreachable('the deadline has passed', 'late');
    const request = call.request.slice();
    const what = `peer call ${String(call.method)} ${call.entityId}`;
    const outcome = await this.calls.make(self.host, target.host, { what, timeoutMs, mayRepeat: true }, () =>
      target.serve({ ...call, request, deadlineMs: target.clock.now() + timeoutMs }, self.identity),
    );
    if (outcome.kind === 'replied') return outcome.reply;
    throw new PeerUnreachable(`${what} to ${peer.nodeId} is ${outcome.kind}`, outcome.kind);
  }
}

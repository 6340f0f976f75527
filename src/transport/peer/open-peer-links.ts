import type { Member } from '../../cluster/member.js';
import { PeerUnreachable, type PeerIdentity, type PeerLinks } from '../../cluster/ports.js';
import type { Clock, Randomness } from '../../runtime/index.js';
import type { PeerCredentials } from './credentials.js';
import { helloOf } from './hello.js';
import type { PeerLinkLimits, PeerLog } from './limits.js';
import { PeerLink, type PeerLinkOptions } from './peer-link.js';

export interface PeerLinksOptions {
  /** Who this node is. */
  readonly self: PeerIdentity;
  /** Name of the cluster; a peer of another one is hung up on. */
  readonly cluster: string;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'fraction'>;
  readonly limits: PeerLinkLimits;
  readonly credentials: PeerCredentials;
  readonly log: PeerLog;
}

/**
 * Links to peers over `cinema.cluster.v1.PeerService`. Calls reach a peer in the order
 * they were made; those of one tick go in as few frames as the limits allow. A link that
 * breaks fails its calls: `in-doubt` when they were written, else `unsent`. While a peer
 * is out of reach calls fail `unsent` at once.
 */
export function openPeerLinks({ self, cluster, ...rest }: PeerLinksOptions): PeerLinks {
  const options: PeerLinkOptions = { ...rest, hello: helloOf(self, cluster) };
  const links = new Map<string, PeerLink>();
  let closing: Promise<unknown> | undefined;

  const linkTo = (peer: Member): PeerLink => {
    const known = links.get(peer.nodeId);
    if (known !== undefined && isSame(known.peer, peer)) return known;
    void known?.close('the peer was started anew or has another address');
    const link = new PeerLink(peer, options);
    links.set(peer.nodeId, link);
    return link;
  };

  return {
    call(peer, call) {
      if (closing !== undefined) return Promise.reject(new PeerUnreachable('the links to peers are closed', 'unsent'));
      return linkTo(peer).call(call);
    },
    keepOnly(members) {
      const wanted = new Map(members.map((member) => [member.nodeId, member]));
      for (const [nodeId, link] of links) {
        const member = wanted.get(nodeId);
        if (member !== undefined && isSame(link.peer, member)) continue;
        links.delete(nodeId);
        void link.close('the peer is no member any more');
      }
    },
    problemWith: (nodeId) => links.get(nodeId)?.problem,
    async close() {
      closing ??= Promise.all([...links.values()].map((link) => link.close('this node stops')));
      await closing;
    },
  };
}

function isSame(left: Member, right: Member): boolean {
  return left === right || (left.bootId === right.bootId && left.peerAddress === right.peerAddress);
}

import { expect } from 'chai';
import { RetryingClient } from '../../../bench/failover/client.js';
import type { FrontDoors } from '../../../bench/failover/front-doors.js';
import { backoffMs, shippedRetryPolicy, type RetryPolicy } from '../../../bench/failover/retry-policy.js';
import type { RawClient, RawReply } from '../../../bench/load/raw-client.js';

const UNAVAILABLE = 14;
const quick: RetryPolicy = { attemptsMax: 3, initialBackoffMs: 1, maxBackoffMs: 2, backoffMultiplier: 2 };
const reply = (status: number, isUnseen = false): RawReply => ({
  status,
  message: Buffer.from(status === 0 ? 'yes' : ''),
  details: undefined,
  isUnseen,
});

/** A node that gives these replies, one per call, and the last one for ever. */
function door(...replies: readonly RawReply[]): RawClient & { readonly calls: () => number } {
  let calls = 0;
  return {
    isOpen: true,
    call: () => Promise.resolve(replies[Math.min(calls++, replies.length - 1)] ?? reply(0)),
    onEnd: () => undefined,
    close: () => undefined,
    calls: () => calls,
  };
}

/** Doors in turn, another than the one used before. */
function doors(...clients: readonly RawClient[]): FrontDoors {
  return {
    next: (not) => clients.find((client) => client !== not) ?? clients[0],
    allOpen: () => Promise.resolve(),
    close: () => undefined,
  };
}

describe('a client that calls as the shipped service config says', () => {
  it('repeats UNAVAILABLE and broken connections on another node, and counts them', async () => {
    const client = new RetryingClient(
      doors(door(reply(UNAVAILABLE), reply(-1)), door(reply(-1), reply(0))),
      quick,
      1_000,
    );
    expect((await client.call('/x', Buffer.alloc(0))).status).to.equal(UNAVAILABLE);
    expect(client.tally).to.deep.equal({ unavailable: 1, broken: 2, unseen: 0 });
    expect((await client.call('/x', Buffer.alloc(0))).status).to.equal(0);
  });

  it('repeats nothing else: an overload and a deadline are failures at the first try', async () => {
    for (const status of [4, 8, 13]) {
      const node = door(reply(status), reply(0));
      expect((await new RetryingClient(doors(node), quick, 1_000).call('/x', Buffer.alloc(0))).status).to.equal(status);
      expect(node.calls()).to.equal(1);
    }
  });

  it('does not count a try the server never saw', async () => {
    const node = door(...Array.from({ length: 4 }, () => reply(-1, true)), reply(UNAVAILABLE), reply(0));
    const client = new RetryingClient(doors(node), quick, 1_000);
    expect((await client.call('/x', Buffer.alloc(0))).status).to.equal(0);
    expect(client.tally).to.deep.equal({ unavailable: 1, broken: 0, unseen: 4 });
  });

  it('gives up at its deadline, also while no node is there', async () => {
    const startedMs = performance.now();
    const answer = await new RetryingClient(doors(), quick, 50).call('/x', Buffer.alloc(0));
    expect(answer.status).to.equal(4);
    expect(performance.now() - startedMs).to.be.within(45, 1_000);
  });

  it('has its policy from the file that ships with the API', async () => {
    const policy = await shippedRetryPolicy();
    expect(policy.attemptsMax).to.be.within(2, 5);
    expect(backoffMs(policy, 1, 0.5)).to.equal(policy.initialBackoffMs);
    expect(backoffMs(policy, 2, 1)).to.be.closeTo(policy.initialBackoffMs * policy.backoffMultiplier * 1.2, 0.001);
    expect(backoffMs(policy, 9, 0)).to.be.closeTo(policy.maxBackoffMs * 0.8, 0.001);
  });
});

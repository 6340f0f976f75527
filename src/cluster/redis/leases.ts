import type { Randomness } from '../../runtime/index.js';
import { decodeMember, encodeMember } from '../member-record.js';
import type { ClusterView, Member } from '../member.js';
import { LeasesUnavailable, type LeaseAnswer, type Leases } from '../ports.js';
import type { RedisConnection } from './connect.js';
import { reasonOf } from './errors.js';
import type { RedisLog } from './log.js';
import type { Names } from './names.js';
import { readScript } from './script.js';

export interface LeaseOptions {
  /** How long a lease lasts that is not renewed. */
  readonly leaseTtlMs: number;
}

/**
 * Leases as keys with a time to live. A key of ours that holds what no node of this cluster
 * wrote is never overwritten: the node whose lease it should be gets a LeasesUnavailable that
 * names the key, to the others that node is not alive.
 */
export function redisLeases(
  connection: RedisConnection,
  names: Names,
  { leaseTtlMs }: LeaseOptions,
  randomness: Randomness,
  log: RedisLog,
): Leases {
  const renewLease = readScript('renew-lease');
  const releaseLease = readScript('release-lease');
  const readMembers = memberReader(names, log);
  return {
    async renew(member) {
      const { nodeId, bootId } = member;
      const lease = names.leases + nodeId;
      const fresh = randomness.token();
      const args = [nodeId, bootId, encodeMember(member), leaseTtlMs, fresh, names.leases, names.viewChanged];
      const reply = await orUnavailable(connection.run(renewLease, [lease, names.view], args));
      const { kind, wasMissing, generation, version, holder, records } = readReply(reply);
      const view: ClusterView = { generation, version, members: readMembers(records) };
      if (kind === 'held') return { kind, view, wasMissing };
      const by = decodeMember(holder);
      if (by?.nodeId !== nodeId) throw new LeasesUnavailable(`Redis: ${foreign(lease)}`);
      return { kind, by, view };
    },
    async release(nodeId, bootId) {
      const keys = [names.leases + nodeId, names.view];
      await orUnavailable(connection.run(releaseLease, keys, [nodeId, bootId, names.viewChanged]));
    },
    // Whatever was missed may have been a change.
    onChange: (changed) => connection.listen(names.viewChanged, { receive: () => changed(), heard: changed }),
  };
}

const foreign = (key: string): string => `${key} holds what no node of this cluster wrote`;

async function orUnavailable(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    throw new LeasesUnavailable(`Redis: ${reasonOf(error)}`, { cause: error });
  }
}

interface RenewReply {
  readonly kind: LeaseAnswer['kind'];
  readonly wasMissing: boolean;
  readonly generation: string;
  readonly version: number;
  readonly holder: string;
  /** By node id, in no order. */
  readonly records: ReadonlyMap<string, string>;
}

/** What renew-lease.lua returns. @throws LeasesUnavailable when it is something else */
function readReply(reply: unknown): RenewReply {
  const [kind, missing, generation, version, holder, ...alive] = (Array.isArray(reply) ? reply : []).map(
    (part: unknown) => (Buffer.isBuffer(part) ? part.toString() : part),
  );
  const records = new Map<string, string>();
  for (let i = 0; i < alive.length; i += 2) records.set(String(alive[i]), String(alive[i + 1]));
  if (
    (kind === 'held' || kind === 'taken') &&
    typeof generation === 'string' &&
    typeof version === 'number' &&
    typeof holder === 'string'
  ) {
    return { kind, wasMissing: missing === 1, generation, version, holder, records };
  }
  throw new LeasesUnavailable('Redis: the script renew-lease.lua returned what it never returns');
}

/**
 * Members of the records, by node id. A record that is none is left out, by every node
 * alike, and named in the log once: its node's lease is what tells that node.
 */
function memberReader(names: Names, log: RedisLog): (records: ReadonlyMap<string, string>) => readonly Member[] {
  let unreadable: ReadonlySet<string> = new Set();
  return (records) => {
    const read = [...records].map(([nodeId, record]) => ({ nodeId, member: decodeMember(record) }));
    const members = read.flatMap(({ nodeId, member }) => (member?.nodeId === nodeId ? [member] : []));
    const known = new Set(members.map(({ nodeId }) => nodeId));
    const others = new Set([...records.keys()].filter((nodeId) => !known.has(nodeId)));
    for (const nodeId of others) {
      if (unreadable.has(nodeId)) continue;
      log('error', 'a lease is not one; its node does not count as alive', { reason: foreign(names.leases + nodeId) });
    }
    unreadable = others;
    return members.sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  };
}

import type { Host } from '../kernel/host.js';
import type { Prng } from '../../support/prng.js';
import type { Network } from '../world/network.js';
import type { SimulatedNode } from '../world/simulated-node.js';
import type { SimulatedPostgres } from '../world/simulated-postgres.js';
import type { SimulatedRedis } from '../world/simulated-redis.js';
import type { FaultKind, Plan } from './plan.js';

/** What can be broken. */
export interface Breakable {
  readonly network: Network;
  readonly postgres: SimulatedPostgres;
  readonly redis: SimulatedRedis;
  readonly nodes: readonly SimulatedNode[];
  /** Every host that talks to another, clients too. */
  readonly hosts: readonly Host[];
}

/** Something that is broken now. */
export interface Fault {
  /** For the story. */
  readonly what: string;
  /** How long, ms; it ends sooner when everything is mended. */
  readonly forMs: number;
  /** Called once. */
  readonly mend: () => void;
}

/** Breaks something; undefined when there is nothing left to break. */
export type Cause = (world: Breakable, chance: Prng, plan: Plan) => Fault | undefined;

export const causes: Readonly<Record<FaultKind, Cause>> = {
  crash({ nodes }, chance) {
    const node = chance.pick(nodes);
    if (!node.host.isUp) return undefined;
    node.crash();
    const mend = (): void => {
      if (!node.host.isUp) node.start();
    };
    return { what: `${node.id} crashes`, forMs: chance.between(1, 3_000), mend };
  },

  restart({ nodes }, chance) {
    const node = chance.pick(nodes);
    if (!node.isStarted) return undefined;
    void node.stop();
    const mend = (): void => {
      node.crash();
      node.start();
    };
    return { what: `${node.id} is stopped in order`, forMs: chance.between(1_000, 4_000), mend };
  },

  pause({ nodes }, chance) {
    const { id, host } = chance.pick(nodes);
    host.pause();
    const mend = (): void => {
      host.resume();
    };
    const forMs = chance.pick([chance.between(1, 200), chance.between(500, 6_000)]);
    return { what: `${id} freezes`, forMs, mend };
  },

  partition({ network, hosts }, chance) {
    const apart = chance.some(hosts, chance.whole(1, hosts.length - 1));
    const others = hosts.filter((host) => !apart.includes(host));
    const mends = apart.flatMap((one) => others.flatMap((other) => [network.cut(one, other), network.cut(other, one)]));
    const mend = (): void => {
      for (const each of mends) each();
    };
    const what = `${apart.map(({ id }) => id).join(', ')} are cut off from the others`;
    return { what, forMs: chance.between(50, 4_000), mend };
  },

  'one-way-cut'({ network, hosts }, chance) {
    const [from, to] = chance.some(hosts, 2);
    if (from === undefined || to === undefined) return undefined;
    const mend = network.cut(from, to);
    return { what: `nothing from ${from.id} reaches ${to.id}`, forMs: chance.between(50, 3_000), mend };
  },

  'storage-crash'({ postgres: { host } }, chance) {
    if (!host.isUp) return undefined;
    host.crash();
    const mend = (): void => {
      host.start();
    };
    return { what: 'the database crashes', forMs: chance.between(20, 2_000), mend };
  },

  'storage-slow'({ postgres }, chance) {
    const before = postgres.weather;
    postgres.weather = { ...before, statementMs: [5, chance.pick([50, 400])] };
    const mend = (): void => {
      postgres.weather = before;
    };
    return { what: 'the database is slow', forMs: chance.between(500, 4_000), mend };
  },

  'storage-stuck'({ postgres }, chance) {
    const before = postgres.weather;
    postgres.weather = { ...before, stuckChance: 0.1, stuckMs: [100, 6_000] };
    const mend = (): void => {
      postgres.weather = before;
    };
    return { what: 'statements get stuck in the database', forMs: chance.between(500, 4_000), mend };
  },

  'bad-weather'({ network }, chance) {
    const before = network.weather;
    network.weather = {
      latencyMs: [0.1, 3],
      spikeChance: 0.1,
      spikeMs: [5, 500],
      lossChance: chance.pick([0, 0.02, 0.1]),
      duplicateChance: chance.pick([0, 0.05]),
    };
    const mend = (): void => {
      network.weather = before;
    };
    return { what: 'the network loses, delays and repeats messages', forMs: chance.between(500, 5_000), mend };
  },

  'clock-step'({ nodes }, chance, { clockStepMs }) {
    const node = chance.pick(nodes);
    const aheadMs = chance.between(-1, 1) * clockStepMs;
    node.setClock(aheadMs);
    return { what: `the clock of ${node.id} is set: ${aheadMs.toFixed(0)} ms`, forMs: 0, mend: () => undefined };
  },

  'redis-crash'({ redis }, chance) {
    const { host } = redis;
    if (!host.isUp) return undefined;
    host.crash();
    const isLost = chance.chance(0.5);
    const mend = (): void => {
      if (isLost) redis.flush();
      host.start();
    };
    const what = isLost ? 'Redis crashes and loses everything' : 'Redis crashes';
    return { what, forMs: chance.between(20, 4_000), mend };
  },

  'redis-freeze'({ redis: { host } }, chance) {
    host.pause();
    const mend = (): void => {
      host.resume();
    };
    return { what: 'Redis freezes', forMs: chance.between(50, 4_000), mend };
  },

  'redis-flush'({ redis }) {
    redis.flush();
    return { what: 'Redis loses everything', forMs: 0, mend: () => undefined };
  },

  'lease-lost'({ redis, nodes }, chance) {
    const { id } = chance.pick(nodes);
    redis.loseLease(id);
    return { what: `Redis loses the lease of ${id}`, forMs: 0, mend: () => undefined };
  },

  'redis-clock'({ redis }, chance) {
    const aheadMs = chance.between(-3_000, 3_000);
    redis.setClock(aheadMs);
    return { what: `the clock of Redis is set: ${aheadMs.toFixed(0)} ms`, forMs: 0, mend: () => undefined };
  },
};

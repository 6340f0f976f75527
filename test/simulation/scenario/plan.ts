import { readConfig, type Config } from '../../../src/config/index.js';
import type { Prng } from '../../support/prng.js';

/** What may go wrong; a seed has some of them. */
export const faultKinds = [
  'crash',
  'restart',
  'pause',
  'partition',
  'one-way-cut',
  'storage-crash',
  'storage-slow',
  'storage-stuck',
  'bad-weather',
  'clock-step',
  'redis-crash',
  'redis-freeze',
  'redis-flush',
  'lease-lost',
  'redis-clock',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Of a cluster alone. */
const ofRedis: ReadonlySet<FaultKind> = new Set([
  'redis-crash',
  'redis-freeze',
  'redis-flush',
  'lease-lost',
  'redis-clock',
]);

/**
 * What a seed is about. Every seed has its own cinema, its own mix of faults and its own
 * settings: extremes that an average never reaches.
 */
export interface Plan {
  readonly seed: number;
  readonly nodes: number;
  /** Whether the nodes know of each other. Without that they take each other's screenings all the time. */
  readonly isCluster: boolean;
  readonly screenings: number;
  readonly seats: number;
  readonly buyers: number;
  readonly viewers: number;
  /** Mean time a buyer thinks, ms. */
  readonly thinkMs: number;
  /** How long things go wrong, ms; then everything is mended. */
  readonly troubleMs: number;
  readonly faults: readonly FaultKind[];
  /** Mean time between faults, ms. */
  readonly faultEveryMs: number;
  /** Clocks are wrong by this much at the start, ms. */
  readonly clockOffsetMs: number;
  /** Clocks run wrong by this share. */
  readonly clockDrift: number;
  /** A clock that is set is wrong by this much more, at most, ms. */
  readonly clockStepMs: number;
  readonly config: Config;
}

/** Longest a run takes, ms: for what drift adds up to. */
export const LONGEST_RUN_MS = 120_000;

/** About as many questions are asked in a run, at most. */
const QUESTIONS_MAX = 400;

export function planOf(seed: number, chance: Prng): Plan {
  const skewed = chance.chance(0.6);
  const isCluster = chance.chance(0.8);
  const buyers = chance.whole(2, 7);
  const troubleMs = chance.whole(4_000, 12_000);
  const nodes = chance.pick([1, 2, 3, 3, 3, 4, 5]);
  return {
    seed,
    nodes,
    isCluster,
    screenings: chance.whole(1, 3),
    seats: chance.whole(3, 12),
    buyers,
    viewers: chance.whole(0, 3),
    // As fast as they may without a run that takes long.
    thinkMs: Math.max(chance.pick([20, 60, 150, 400]), (buyers * troubleMs) / QUESTIONS_MAX),
    troubleMs,
    faults: faultKinds.filter((kind) => {
      const isPossible = (skewed || kind !== 'clock-step') && (isCluster || !ofRedis.has(kind));
      return chance.chance(isPossible ? 0.35 : 0);
    }),
    faultEveryMs: chance.pick([300, 800, 2_000]),
    clockOffsetMs: skewed ? chance.pick([20, 200, 800]) : 0,
    clockDrift: skewed ? 0.001 : 0,
    clockStepMs: skewed ? 400 : 0,
    config: configOf(chance.split('config')),
  };
}

/** Small limits, so that a short run meets them. */
function configOf(chance: Prng): Config {
  const passivateAfterMs = chance.pick([500, 2_000, 600_000]);
  const leaseTtlMs = chance.pick([500, 1_500]);
  const statementTimeoutMs = chance.pick([300, 1_000, 3_000]);
  return readConfig(
    {
      node: { logLevel: 'silent', closeTimeoutMs: chance.pick([200, 5_000]) },
      postgres: {
        commitLanes: chance.whole(1, 3),
        turnsPerCommit: chance.pick([1, 3, 100]),
        commitPaceMs: chance.pick([0, 5, 20]),
        statementTimeoutMs,
      },
      runtime: {
        turnBatchLimit: chance.pick([1, 2, 20]),
        mailboxLimit: chance.pick([20, 100]),
        turnPaceMs: chance.pick([0, 10]),
        ownershipProofMs: 500,
        residentsMax: chance.pick([1, 2, 100]),
        passivateAfterMs,
        recoveriesMax: chance.pick([1, 8]),
        activationBackoffMs: chance.pick([1, 100]),
        snapshotMinEvents: chance.pick([1, 5, 30]),
        snapshotIntervalMs: chance.pick([200, 3_000]),
        wakeUpScanMs: Math.min(passivateAfterMs, chance.pick([300, 1_500])),
      },
      // Caches reserve their memory, and every boot of a node has its own.
      screening: { cachedPlacesMax: chance.pick([1, 100]) },
      cluster: {
        placementCacheMax: 100,
        pointsPerWeight: 16,
        leaseTtlMs,
        leaseRenewMs: leaseTtlMs / 5,
        leaseLossGraceMs: chance.pick([leaseTtlMs, 3_000]),
        handOffsMax: chance.pick([1, 32]),
        handOffTimeoutMs: chance.pick([100, 1_000]),
        drainTimeoutMs: 3_000,
        routeWaitingMax: chance.pick([3, 100]),
        callsPerPeerMax: chance.pick([4, 100]),
        peerBatchCallsMax: 4,
      },
      redis: {
        commandTimeoutMs: chance.pick([100, leaseTtlMs / 2]),
        cacheTtlMs: chance.pick([200, 2_000]),
        rememberedReadsMax: 100,
      },
      streams: {
        frameIntervalMs: chance.pick([0, 50]),
        progressIntervalMs: chance.pick([500, 2_000]),
        resumeFrames: chance.pick([0, 3, 1_000]),
        replicaIdleMs: chance.pick([0, 1_000]),
      },
      health: { checkIntervalMs: 1_000 },
    },
    'simulation',
  );
}

/** How far a clock can ever be from true time, ms. */
export function worstSkewMs({ clockOffsetMs, clockDrift, clockStepMs }: Plan): number {
  return clockOffsetMs + clockDrift * LONGEST_RUN_MS + clockStepMs + 1;
}

/** For whoever reads about a failure. */
export function planText(plan: Plan): string {
  const { config, faults, ...rest } = plan;
  const { runtime, streams, postgres } = config;
  const settings = { ...runtime, frameIntervalMs: streams.frameIntervalMs, commitLanes: postgres.commitLanes };
  const line = (values: object): string =>
    Object.entries(values)
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ');
  return `${line(rest)}\nfaults: ${faults.join(', ') || 'none'}\nsettings: ${line(settings)}`;
}

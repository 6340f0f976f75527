import type { Config } from '../../../src/config/index.js';
import { Health } from '../../../src/health.js';
import { ClockWatch } from '../../../src/node/clock-watch.js';
import { openCluster, type ClusterPorts, type NodeCluster } from '../../../src/node/cluster.js';
import { joinCluster } from '../../../src/node/join-cluster.js';
import type { OnStop, Parts } from '../../../src/node/parts.js';
import { startScreenings, type Screenings } from '../../../src/node/screenings.js';
import { StartError } from '../../../src/node/start-error.js';
import type { NodeStorage } from '../../../src/node/storage.js';
import { Host } from '../kernel/host.js';
import { HostClock, type ClockError } from '../kernel/host-clock.js';
import { hostRandomness } from '../kernel/host-randomness.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Prng } from '../../support/prng.js';
import { FrontDoor } from './front-door.js';
import { sharedMetrics, storyLog } from './quiet-telemetry.js';
import type { SimulatedPeers } from './simulated-peers.js';
import type { SimulatedPostgres } from './simulated-postgres.js';
import type { SimulatedRedis } from './simulated-redis.js';

export interface SimulatedNodeOptions {
  readonly config: Config;
  readonly clockError: ClockError;
  /** Whether its log goes into the story. */
  readonly logs: boolean;
}

/** What a node talks to. */
export interface Surroundings {
  readonly postgres: SimulatedPostgres;
  /** Undefined for a node that is alone. */
  readonly cluster: { readonly redis: SimulatedRedis; readonly peers: SimulatedPeers } | undefined;
}

/** One boot of a node, from when it takes callers. */
export interface RunningNode {
  readonly bootId: string;
  readonly screenings: Screenings;
  readonly health: Health;
  readonly clock: HostClock;
  readonly cluster: NodeCluster | undefined;
  /** Through which callers come. */
  readonly door: FrontDoor;
}

/** How soon whoever looks after the processes starts one again that could not start. */
const START_AGAIN_MS = 500;

/** The real node code as a process that starts, drains, crashes and starts again. */
export class SimulatedNode {
  readonly host: Host;
  /** Undefined before it takes callers. */
  running: RunningNode | undefined;
  /** Its start is over; in a cluster it is a member. */
  isStarted = false;
  private boots = 0;
  private stops: (() => Promise<void> | void)[] = [];
  private clock: HostClock | undefined;

  constructor(
    readonly id: string,
    private readonly kernel: Kernel,
    private readonly surroundings: Surroundings,
    private readonly chance: Prng,
    private readonly options: SimulatedNodeOptions,
  ) {
    this.host = new Host(id);
  }

  /** Starts the process, again and again should it not be able to. @throws Error when it runs already */
  start(): void {
    this.host.start();
    this.boots += 1;
    const { boots } = this;
    this.open().catch((error: unknown) => {
      if (!(error instanceof StartError)) throw error;
      this.kernel.trace.note(this.id, `cannot start: ${error.message}`);
      this.exit();
      this.kernel.schedule(undefined, START_AGAIN_MS, () => {
        if (this.boots === boots && !this.host.isUp) this.start();
      });
    });
  }

  /** Kill -9. Idempotent. */
  crash(): void {
    this.running = undefined;
    this.isStarted = false;
    this.stops = [];
    this.host.crash();
  }

  /**
   * SIGTERM: drains, snapshots, ends. Never resolves if it crashes meanwhile.
   * The process is still there, with nothing left to do, until it crashes.
   */
  async close(): Promise<void> {
    this.isStarted = false;
    for (const stop of this.stops.splice(0).reverse()) await stop();
    this.kernel.trace.note(this.id, 'has stopped');
  }

  /** SIGTERM, and the end of the process. */
  async stop(): Promise<void> {
    await this.close();
    this.exit();
  }

  /** The process ends by itself: not before the code that says so has come to its end. */
  private exit(): void {
    const { boots } = this;
    this.kernel.schedule(undefined, 0, () => {
      if (this.boots === boots) this.crash();
    });
  }

  /** Timers that are armed: none once it has closed and what was under way has come to its end. */
  get armed(): number {
    return this.clock?.armed ?? 0;
  }

  /** Somebody sets its wall clock, `aheadMs` beside its usual error. */
  setClock(aheadMs: number): void {
    this.clock?.set(aheadMs);
  }

  /** As src/node.ts does it, with the surroundings in place of sockets. */
  private async open(): Promise<void> {
    const stops: (() => Promise<void> | void)[] = [];
    this.stops = stops;
    const { parts, clock } = this.parts((stop) => stops.push(stop));
    const storage = this.openStorage(parts);
    const ports = this.openPorts(parts, clock);
    const cluster = ports === undefined ? undefined : openCluster(parts, storage, ports);
    const screenings = await startScreenings(parts, storage, cluster);
    const { health } = storage;
    const door = new FrontDoor(clock, parts.config.node.closeTimeoutMs);
    const { bootId } = parts.identity;
    this.running = { bootId, screenings, health, clock, cluster, door };
    parts.onStop(() => door.close());
    health.start();
    this.kernel.trace.note(this.id, 'takes callers');
    if (cluster !== undefined) {
      const queueStatistics = (): Promise<never> => Promise.reject(new Error('nobody asks'));
      await joinCluster(parts, storage, screenings, cluster, { grpcPort: 1, httpPort: 2, queueStatistics });
    }
    parts.onStop(() => cluster?.drain());
    parts.onStop(() => {
      health.drain();
    });
    this.isStarted = true;
    this.kernel.trace.note(this.id, 'has started');
  }

  private parts(onStop: OnStop): { readonly parts: Parts; readonly clock: HostClock } {
    const { kernel, host, options } = this;
    const chance = this.chance.split(`boot ${String(this.boots)}`);
    const clock = new HostClock(kernel, host, options.clockError, chance.split('clock'));
    this.clock = clock;
    const parts = {
      config: options.config,
      log: storyLog(kernel.trace, this.id, options.logs),
      metrics: sharedMetrics(),
      clock,
      randomness: hostRandomness(chance.split('randomness')),
      identity: { nodeId: this.id, bootId: `${this.id} boot ${String(this.boots)}` },
      onStop,
    };
    return { parts, clock };
  }

  private openStorage({ config, clock, randomness, identity, onStop }: Parts): NodeStorage {
    const storage = this.surroundings.postgres.storageFor(this.host, identity);
    onStop(() => storage.close());
    const clockWatch = new ClockWatch(clock, config.cluster.clockSkewMaxMs);
    const check = (): Promise<void> => clockWatch.observe(() => storage.check());
    const health = new Health(check, () => undefined, clock, randomness, config.health);
    onStop(() => {
      health.stop();
    });
    return { ...storage, url: '', health, clockWatch };
  }

  private openPorts({ identity, onStop }: Parts, clock: HostClock): ClusterPorts | undefined {
    const { host } = this;
    const { cluster } = this.surroundings;
    if (cluster === undefined) return undefined;
    const { redis, peers } = cluster;
    const links = peers.linksFor({ host, identity, clock });
    onStop(() => links.close());
    return {
      leases: redis.leasesFor(host),
      bus: redis.busFor(host),
      cache: redis.cacheFor(host),
      links,
      listen(serve) {
        const { address, close } = peers.listen({ host, identity, clock }, serve);
        onStop(close);
        return Promise.resolve(address);
      },
    };
  }
}

import type { Config } from '../../../src/config/index.js';
import { Health } from '../../../src/health.js';
import { ClockWatch } from '../../../src/node/clock-watch.js';
import { startScreenings, type Screenings } from '../../../src/node/screenings.js';
import { Host } from '../kernel/host.js';
import { HostClock, type ClockError } from '../kernel/host-clock.js';
import { hostRandomness } from '../kernel/host-randomness.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Prng } from '../kernel/prng.js';
import { sharedMetrics, storyLog } from './quiet-telemetry.js';
import type { SimulatedPostgres } from './simulated-postgres.js';

export interface SimulatedNodeOptions {
  readonly config: Config;
  readonly clockError: ClockError;
  /** Whether its log goes into the story. */
  readonly logs: boolean;
}

/** One boot of a node, as long as it takes callers. */
export interface RunningNode {
  readonly screenings: Screenings;
  readonly clock: HostClock;
}

/** The real node code as a process that starts, drains, crashes and starts again. */
export class SimulatedNode {
  readonly host: Host;
  /** Undefined while it is down, starting or stopping. */
  running: RunningNode | undefined;
  private boots = 0;
  private stop: () => Promise<void> = () => Promise.resolve();
  private clock: HostClock | undefined;

  constructor(
    readonly id: string,
    private readonly kernel: Kernel,
    private readonly postgres: SimulatedPostgres,
    private readonly chance: Prng,
    private readonly options: SimulatedNodeOptions,
  ) {
    this.host = new Host(id);
  }

  /** Resolves when it takes callers; never if it crashes before. @throws Error when it runs already */
  async start(): Promise<void> {
    this.host.start();
    this.boots += 1;
    const { kernel, host, options } = this;
    const chance = this.chance.split(`boot ${String(this.boots)}`);
    const clock = new HostClock(kernel, host, options.clockError, chance.split('clock'));
    this.clock = clock;
    const stops: (() => Promise<void> | void)[] = [];
    this.stop = async () => {
      for (const stop of stops.splice(0).reverse()) await stop();
    };
    const randomness = hostRandomness(chance.split('randomness'));
    const { config } = options;
    const identity = { nodeId: this.id, bootId: `${this.id} boot ${String(this.boots)}` };
    const storage = this.postgres.storageFor(host, identity);
    stops.push(() => storage.close());
    const clockWatch = new ClockWatch(clock, config.cluster.clockSkewMaxMs);
    const check = (): Promise<void> => clockWatch.observe(() => storage.check());
    const health = new Health(check, () => undefined, clock, randomness, config.health);
    stops.push(() => {
      health.stop();
    });
    const screenings = await startScreenings(
      {
        config,
        log: storyLog(kernel.trace, this.id, options.logs),
        metrics: sharedMetrics(),
        clock,
        randomness,
        identity,
        onStop: (stop) => stops.push(stop),
      },
      { ...storage, url: '', health, clockWatch },
      undefined,
    );
    health.start();
    stops.push(() => {
      health.drain();
    });
    this.running = { screenings, clock };
    kernel.trace.note(this.id, 'takes callers');
  }

  /** Kill -9. Idempotent. */
  crash(): void {
    this.running = undefined;
    this.stop = () => Promise.resolve();
    this.host.crash();
  }

  /**
   * SIGTERM: drains, snapshots, ends. Never resolves if it crashes meanwhile.
   * The process is still there, with nothing left to do, until it crashes.
   */
  async close(): Promise<void> {
    this.running = undefined;
    await this.stop();
  }

  /** Timers that are armed: none once it has closed and what was under way has come to its end. */
  get armed(): number {
    return this.clock?.armed ?? 0;
  }

  /** Somebody sets its wall clock, `aheadMs` beside its usual error. */
  setClock(aheadMs: number): void {
    this.clock?.set(aheadMs);
  }
}

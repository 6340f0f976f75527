import { setTimeout as pause } from 'node:timers/promises';
import type { CuttableProxy } from '../support/cuttable-proxy.js';
import type { Prng } from '../support/prng.js';
import type { ClusterUnderTest, LinkName, NodeUnderTest } from './cluster-under-test.js';

/** Something that goes wrong and is put right again. */
interface Fault {
  /** For counting, without the victim. */
  readonly kind: string;
  readonly victim: string;
  readonly lastsMs: number;
  strike(): Promise<unknown>;
  relieve(): Promise<unknown>;
}

/** Longer than a lease and its renewal: the others have taken a frozen node's screenings by then. */
const FROZEN_MS = [1_000, 4_500] as const;
const AWAY_MS = [0, 2_500] as const;
const CALM_MS = [200, 1_800] as const;
/** A stop that takes longer is a kill. */
const DRAIN_MS = 15_000;

type Occurrence = readonly [what: string, times: number];

/**
 * Harms a cluster by a plan that follows from the seed: one series of faults of
 * processes and servers, one of the links between them, side by side. When something
 * strikes depends on how long the last took to be put right, so a seed repeats the
 * plan and not the very moment.
 */
export class Nemesis {
  private readonly counts = new Map<string, number>();
  private isOver = false;
  private readonly over = new AbortController();

  constructor(
    private readonly cluster: ClusterUnderTest,
    private readonly chance: Prng,
    /** Told of every blow and every relief, in one line. */
    private readonly log: (line: string) => void,
  ) {}

  /** What struck, and how often. */
  get faults(): readonly Occurrence[] {
    return [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Strikes until `stop`; resolves when the last fault was put right. Rejects when something cannot be. */
  async run(): Promise<void> {
    await Promise.all([
      this.series(this.chance.split('processes'), (chance) => this.processFault(chance)),
      this.series(this.chance.split('links'), (chance) => this.linkFault(chance)),
    ]);
  }

  stop(): void {
    this.isOver = true;
    this.over.abort();
  }

  private async series(chance: Prng, next: (chance: Prng) => Fault): Promise<void> {
    while (!this.isOver) {
      await this.wait(chance.between(...CALM_MS));
      // Drawn whether or not it still strikes, so that the plan is the seed's alone.
      const { kind, victim, lastsMs, strike, relieve } = next(chance);
      if (this.over.signal.aborted) return;
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
      this.log(`${victim}: ${kind} for ${String(Math.round(lastsMs))} ms`);
      await strike();
      await this.wait(lastsMs);
      await relieve();
      this.log(`${victim}: ${kind} is over`);
    }
  }

  private async wait(ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: this.over.signal });
    } catch {
      // The end came first.
    }
  }

  private processFault(chance: Prng): Fault {
    const { cluster } = this;
    const node = chance.pick(cluster.nodes);
    const away = chance.between(...AWAY_MS);
    const frozen = chance.between(...FROZEN_MS);
    const nothing = (): Promise<void> => Promise.resolve();
    const start = (): Promise<void> => node.start();
    const faults: readonly (readonly [weight: number, fault: Fault])[] = [
      [5, { kind: 'node SIGKILL', victim: node.id, lastsMs: away, strike: () => node.kill('SIGKILL'), relieve: start }],
      [5, { kind: 'node SIGSTOP', victim: node.id, lastsMs: frozen, ...frozenBy(node) }],
      [3, { kind: 'node SIGTERM', victim: node.id, lastsMs: away, strike: () => node.stop(DRAIN_MS), relieve: start }],
      [
        1,
        {
          kind: 'redis restart',
          victim: 'redis',
          lastsMs: away,
          strike: () => cluster.redis.kill('SIGKILL'),
          relieve: () => cluster.redis.restart(),
        },
      ],
      [
        1,
        {
          kind: 'redis SIGSTOP',
          victim: 'redis',
          lastsMs: frozen,
          strike: () => cluster.redis.kill('SIGSTOP'),
          relieve: () => cluster.redis.kill('SIGCONT'),
        },
      ],
      [
        1,
        { kind: 'redis FLUSHALL', victim: 'redis', lastsMs: 0, strike: () => cluster.flushRedis(), relieve: nothing },
      ],
      [
        2,
        {
          kind: 'postgres crash',
          victim: 'postgres',
          lastsMs: away,
          strike: () => cluster.crashPostgres(),
          relieve: () => cluster.startPostgres(),
        },
      ],
    ];
    return chance.pick(faults.flatMap(([weight, fault]) => Array<Fault>(weight).fill(fault)));
  }

  private linkFault(chance: Prng): Fault {
    const node = chance.pick(this.cluster.nodes);
    const link = chance.pick<LinkName>(['peer', 'redis', 'postgres']);
    const proxy = node.links[link];
    const delayMs = chance.whole(20, 400);
    const [kind, strike] = chance.pick<readonly [string, () => void]>([
      ['cut', () => proxy.cut()],
      ['stall', () => proxy.freeze()],
      ['stall replies', () => proxy.freezeReplies()],
      ['black hole', () => proxy.swallow('both')],
      ['black hole of requests', () => proxy.swallow('requests')],
      ['black hole of replies', () => proxy.swallow('replies')],
      ['delay', () => proxy.delay(delayMs)],
    ]);
    const change = (run: () => void) => (): Promise<void> => {
      run();
      return Promise.resolve();
    };
    if (chance.chance(0.12)) return isolation(node, chance.between(...FROZEN_MS));
    return {
      kind: `${link} ${kind}`,
      victim: node.id,
      lastsMs: chance.between(...FROZEN_MS),
      strike: change(strike),
      relieve: change(() => proxy.mend()),
    };
  }
}

/** Cut off from everybody but its callers, who are told whatever it believes. */
function isolation(node: NodeUnderTest, lastsMs: number): Fault {
  const links = Object.values(node.links);
  const each = (run: (link: CuttableProxy) => void) => (): Promise<void> => {
    links.forEach(run);
    return Promise.resolve();
  };
  return {
    kind: 'all links stall',
    victim: node.id,
    lastsMs,
    strike: each((link) => link.freeze()),
    relieve: each((link) => link.mend()),
  };
}

function frozenBy(node: NodeUnderTest): Pick<Fault, 'strike' | 'relieve'> {
  return { strike: () => node.kill('SIGSTOP'), relieve: () => node.kill('SIGCONT') };
}

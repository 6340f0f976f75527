import { must, type Violation } from '../checks/violation.js';
import type { TraceLine } from '../kernel/trace.js';
import { Buyer, type BuyerWorld } from './buyer.js';
import type { Programme } from './cinema.js';
import { Faults } from './faults.js';
import { LONGEST_RUN_MS, type Plan } from './plan.js';
import { Simulation, type SimulationOptions } from './simulation.js';
import { Viewer } from './viewer.js';

export interface RunResult {
  readonly plan: Plan;
  readonly violation: Violation | undefined;
  /** Equal for two runs of a seed. */
  readonly digest: string;
  /** Its last lines. */
  readonly story: readonly TraceLine[];
  /** Events that happened. */
  readonly steps: number;
  /** Virtual time it took. */
  readonly tookMs: number;
  /** Rows of all journals. */
  readonly rows: number;
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
}

/** Time for clients to go on after everything is mended, ms. */
const AFTERMATH_MS = 1_000;
/** After that, each of the things that must happen does so within this time, ms. */
const RECOVERY_MS = 20_000;
/** What was under way when a node closed ends by itself within this time, ms. */
const LONGEST_WAIT_MS = 11_000;

/** One seed, from the opening of the cinema to the last invariant. */
export async function runSeed(seed: number, options: SimulationOptions = {}): Promise<RunResult> {
  const simulation = new Simulation(seed, options);
  await new Run(simulation, await simulation.open()).live();
  const { plan, safety, kernel, tally, screenings } = simulation;
  safety.afterStep();
  return {
    plan,
    violation: safety.violation,
    digest: kernel.trace.digest,
    story: kernel.trace.story,
    steps: kernel.steps,
    tookMs: kernel.nowMs,
    rows: screenings.reduce((sum, { revision }) => sum + revision, 0),
    ...tally,
  };
}

/** Trouble, mending, coming to rest, closing. */
class Run {
  private phase: 'trouble' | 'mended' | 'over' | 'closing' = 'trouble';
  private readonly buyers: readonly Buyer[];
  private readonly viewers: readonly Viewer[];

  constructor(
    private readonly simulation: Simulation,
    private readonly programme: Programme,
  ) {
    const { buyers, viewers } = simulation.plan;
    this.buyers = Array.from({ length: buyers }, (_, index) => this.makeBuyer(`buyer-${String(index + 1)}`));
    this.viewers = Array.from({ length: viewers }, (_, index) => this.makeViewer(`viewer-${String(index + 1)}`));
  }

  async live(): Promise<void> {
    const { simulation, buyers, viewers } = this;
    const { plan, kernel } = simulation;
    const lives = Promise.all(buyers.map((buyer) => buyer.live()));
    for (const viewer of viewers) void viewer.live(() => this.phase === 'over');
    const faults = this.faults();
    void faults.make();
    await this.passes(plan.troubleMs);
    faults.mend();
    kernel.trace.note('scenario', 'everything is mended');
    this.phase = 'mended';
    await this.passes(AFTERMATH_MS);
    this.phase = 'over';
    await this.finishes(
      'buyers get their answers',
      () => lives,
      () => this.unanswered(),
    );
    await this.finishes(
      'every hold ends',
      () => this.everyHoldEnds(),
      () => String(this.holdsLeft()),
    );
    await this.finishes(
      'every node is ready and has what it should',
      () => this.everyNodeIsWell(),
      () => this.ailments(),
    );
    if (this.replicasHearAll) {
      await this.finishes(
        'every node shows the newest revision',
        () => this.everyNodeIsCurrent(),
        () => this.revisions(),
      );
      for (const viewer of viewers) void viewer.stay(() => this.phase === 'closing');
      await this.finishes(
        'viewers see the newest revision',
        () => this.viewersAreCurrent(),
        () => this.revisions(),
      );
    }
    this.phase = 'closing';
    await this.finishes(
      'nodes stop',
      () => this.everyNodeStops(),
      () => '',
    );
  }

  private faults(): Faults {
    const { kernel, network, postgres, redis, nodes, clients, plan, chance } = this.simulation;
    const viewers = this.viewers.map(({ host }) => host);
    const hosts = [...nodes.map(({ host }) => host), postgres.host, redis.host, clients, ...viewers];
    return new Faults(kernel, { network, postgres, redis, nodes, hosts }, plan, chance.split('faults'));
  }

  private async passes(ms: number): Promise<void> {
    const { kernel } = this.simulation;
    await kernel.run(kernel.nowMs + ms, this.isBroken);
  }

  /** Asked after every step. */
  private readonly isBroken = (): boolean => {
    const { safety } = this.simulation;
    safety.afterStep();
    return safety.violation !== undefined;
  };

  /** Lets time pass until the work is done; that it takes too long is a violation. */
  private async finishes(what: string, begin: () => Promise<unknown>, missing: () => string): Promise<void> {
    if (this.isBroken()) return;
    const { kernel, safety } = this.simulation;
    let isDone = false;
    begin().then(
      () => (isDone = true),
      (error: unknown) => {
        safety.holds(() => {
          throw error;
        });
      },
    );
    await kernel.run(kernel.nowMs + RECOVERY_MS, () => this.isBroken() || isDone);
    safety.holds(() => {
      must(
        isDone,
        () => `not within ${String(RECOVERY_MS / 1000)} s after everything was mended: ${what} (${missing()})`,
      );
    });
  }

  /** Nodes without a cluster do not tell each other what they change. */
  private get replicasHearAll(): boolean {
    const { isCluster, nodes } = this.simulation.plan;
    return isCluster || nodes === 1;
  }

  private makeBuyer(id: string): Buyer {
    const { simulation, programme } = this;
    const { kernel, nodes, plan, chance } = simulation;
    const world: BuyerWorld = {
      nodes: nodes.map((node) => node.id),
      ask: (asked, node) => simulation.ask(asked, node, programme),
      pass: (ms) => kernel.pass(ms),
      isOver: () => this.phase === 'over' || this.phase === 'closing',
      isMended: () => this.phase !== 'trouble',
    };
    return new Buyer(id, world, programme, chance.split(id), plan.thinkMs);
  }

  private makeViewer(id: string): Viewer {
    const { kernel, network, safety, nodes, chance } = this.simulation;
    const { screeningIds, layout } = this.programme;
    const own = chance.split(id);
    return new Viewer(id, own.pick(screeningIds), layout.capacity, kernel, network, safety, nodes, own);
  }

  private unanswered(): string {
    return this.buyers
      .flatMap(({ id, pending }) => (pending === undefined ? [] : [`${id} waits for ${pending}`]))
      .join(', ');
  }

  private async everyHoldEnds(): Promise<void> {
    while (this.holdsLeft() > 0) await this.simulation.kernel.pass(100);
  }

  private holdsLeft(): number {
    const holds = this.simulation.screenings.flatMap((screening) => [...screening.holds.values()]);
    return holds.filter(({ terms }) => terms.newest !== undefined).length;
  }

  private async everyNodeIsWell(): Promise<void> {
    while (this.ailments() !== '') await this.simulation.kernel.pass(100);
  }

  private ailments(): string {
    const ailing = this.simulation.nodes.flatMap(({ id, running, isStarted }) => {
      if (running === undefined || !isStarted) return [`${id} has not started`];
      const misplaced = running.cluster?.misplaced() ?? 0;
      if (misplaced > 0) return [`${id} has ${String(misplaced)} screenings of others`];
      return running.health.isReady() ? [] : [`${id} is not ready: ${JSON.stringify(running.health.report())}`];
    });
    return ailing.join(', ');
  }

  /** Every node answers with the newest seat map of every screening. */
  private async everyNodeIsCurrent(): Promise<void> {
    const { simulation, programme } = this;
    for (const node of simulation.nodes) {
      for (const { screeningId, revision } of simulation.screenings) {
        const asked = { screeningId, buyerId: 'auditor', what: { kind: 'seat-map' } } as const;
        for (;;) {
          const answer = await simulation.ask(asked, node.id, programme);
          if (answer?.kind === 'seat-map' && answer.revision === revision) break;
          await simulation.kernel.pass(200);
        }
      }
    }
  }

  private async viewersAreCurrent(): Promise<void> {
    const { kernel, safety } = this.simulation;
    while (this.viewers.some(({ revision, screeningId }) => revision !== safety.history(screeningId).revision))
      await kernel.pass(100);
  }

  private revisions(): string {
    const owners = this.simulation.screenings.map(
      ({ screeningId, revision }) => `${screeningId} is at r${String(revision)}`,
    );
    const viewers = this.viewers.map(
      ({ host, screeningId, revision }) => `${host.id} of ${screeningId} at r${String(revision)}`,
    );
    return [...owners, ...viewers].join(', ');
  }

  /** All stop in order, and leave nothing behind. */
  private async everyNodeStops(): Promise<void> {
    const { nodes, kernel } = this.simulation;
    await Promise.all(nodes.map((node) => node.close()));
    await kernel.pass(LONGEST_WAIT_MS);
    for (const { id, armed } of nodes) must(armed === 0, () => `${id} left ${String(armed)} timers armed`);
    must(kernel.nowMs < LONGEST_RUN_MS, () => 'the run took longer than drift was reckoned for');
  }
}

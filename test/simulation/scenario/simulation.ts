import { Safety } from '../checks/safety.js';
import { ScreeningHistory } from '../checks/screening-history.js';
import { Host } from '../kernel/host.js';
import { Kernel } from '../kernel/kernel.js';
import { prng, type Prng } from '../../support/prng.js';
import type { TraceLine } from '../kernel/trace.js';
import { Calls } from '../world/calls.js';
import { Network } from '../world/network.js';
import { SimulatedNode } from '../world/simulated-node.js';
import { SimulatedPeers } from '../world/simulated-peers.js';
import { SimulatedPostgres, type Append } from '../world/simulated-postgres.js';
import { SimulatedRedis } from '../world/simulated-redis.js';
import { answerText, questionText, type Answer, type Asked } from './asked.js';
import { openCinema, type Programme } from './cinema.js';
import { perform } from './perform.js';
import { planOf, worstSkewMs, type Plan } from './plan.js';

export interface SimulationOptions {
  /** Told of every line of the story as it comes. */
  readonly listen?: (line: TraceLine) => void;
  /** Whether the nodes' logs are in the story; default false. */
  readonly logs?: boolean;
  /** Wrong on purpose: a test of the tests. */
  readonly sabotage?: { readonly append?: Append };
}

/** Longest a client waits for an answer, ms. */
const CALL_TIMEOUT_MS = 4_000;

/** Everything there is in one seed's world, and how clients reach it. */
export class Simulation {
  readonly chance: Prng;
  readonly plan: Plan;
  readonly kernel: Kernel;
  readonly network: Network;
  readonly postgres: SimulatedPostgres;
  readonly redis: SimulatedRedis;
  readonly nodes: readonly SimulatedNode[];
  readonly clients = new Host('clients');
  readonly safety: Safety;
  /** What clients were told. */
  readonly tally = { answered: 0, refused: 0, failed: 0 };
  private readonly calls: Calls;
  private readonly peers: SimulatedPeers;
  private readonly histories = new Map<string, ScreeningHistory>();

  constructor(seed: number, { listen, logs = false, sabotage }: SimulationOptions) {
    this.chance = prng(seed);
    this.plan = planOf(seed, this.chance.split('plan'));
    this.kernel = new Kernel(listen === undefined ? {} : { listen });
    this.network = new Network(this.kernel, this.chance.split('network'));
    this.calls = new Calls(this.kernel, this.network);
    this.peers = new SimulatedPeers(this.calls, this.plan.config.cluster);
    this.postgres = this.openPostgres(sabotage?.append);
    this.redis = this.openRedis();
    const { isCluster, config, faults } = this.plan;
    this.safety = new Safety(this.histories, this.postgres.tables, this.kernel, {
      skewMs: worstSkewMs(this.plan),
      cacheTtlMs: isCluster ? config.redis.cacheTtlMs : undefined,
      cacheClockSteps: faults.includes('redis-clock'),
    });
    this.nodes = Array.from({ length: this.plan.nodes }, (_, index) => this.makeNode(index, logs));
  }

  /** Starts everything but the clients' doings. */
  async open(): Promise<Programme> {
    this.clients.start();
    this.postgres.host.start();
    this.redis.host.start();
    const programme = await openCinema(this.plan, this.chance.split('cinema'), this.postgres.directly);
    for (const screeningId of programme.screeningIds)
      this.histories.set(screeningId, new ScreeningHistory(screeningId, programme.layout.seatIds));
    for (const node of this.nodes) node.start();
    return programme;
  }

  /** Screenings as their journals have them. */
  get screenings(): readonly ScreeningHistory[] {
    return [...this.histories.values()];
  }

  /** A client's call to a node. What the node tells is checked at its door. Undefined when there is no answer. */
  async ask(asked: Asked, nodeId: string, { layout }: Programme): Promise<Answer | undefined> {
    const node = this.nodes.find(({ id }) => id === nodeId);
    if (node === undefined) throw new RangeError(`no node ${nodeId}`);
    const options = { what: questionText(asked), timeoutMs: CALL_TIMEOUT_MS, mayRepeat: true };
    const outcome = await this.calls.make(this.clients, node.host, options, async () => {
      const { running } = node;
      return running?.door.serve(async () => {
        this.kernel.trace.note(nodeId, `asked: ${options.what}`);
        const arrival = this.safety.arrived(asked, running.bootId);
        const deadlineMs = running.clock.now() + CALL_TIMEOUT_MS;
        const answer = await perform(running.screenings.boxOffice, asked, { deadlineMs }, layout);
        this.kernel.trace.note(nodeId, `tells: ${options.what} -> ${answerText(answer)}`);
        this.safety.told(asked, arrival, answer);
        return answer;
      });
    });
    const answer = outcome.kind === 'replied' ? outcome.reply : undefined;
    this.count(answer);
    return answer;
  }

  private count(answer: Answer | undefined): void {
    if (answer === undefined || answer.kind === 'failed') this.tally.failed += 1;
    else if (answer.kind === 'refused') this.tally.refused += 1;
    else this.tally.answered += 1;
  }

  private openPostgres(append: Append | undefined): SimulatedPostgres {
    const { statementTimeoutMs, commitLanes } = this.plan.config.postgres;
    const claimed = (screeningId: string, epoch: number): void => {
      this.safety.claimed(screeningId, epoch);
    };
    return new SimulatedPostgres(
      new Host('postgres'),
      this.kernel,
      this.calls,
      this.chance.split('postgres'),
      { claimed },
      { statementTimeoutMs, lanes: commitLanes, ...(append === undefined ? {} : { append }) },
    );
  }

  private openRedis(): SimulatedRedis {
    const { config, clockOffsetMs } = this.plan;
    const chance = this.chance.split('redis');
    const clockAheadMs = chance.between(-1, 1) * clockOffsetMs;
    const options = { ...config.redis, leaseTtlMs: config.cluster.leaseTtlMs, clockAheadMs };
    return new SimulatedRedis(new Host('redis'), this.kernel, this.calls, this.network, chance, options);
  }

  private makeNode(index: number, logs: boolean): SimulatedNode {
    const { plan, kernel, postgres, redis } = this;
    const id = `node-${String(index + 1)}`;
    const chance = this.chance.split(id);
    const clockError = {
      offsetMs: chance.between(-1, 1) * plan.clockOffsetMs,
      rate: 1 + chance.between(-1, 1) * plan.clockDrift,
    };
    const config = { ...plan.config, node: { ...plan.config.node, id } };
    const cluster = plan.isCluster ? { redis, peers: this.peers } : undefined;
    return new SimulatedNode(id, kernel, { postgres, cluster }, chance, { config, clockError, logs });
  }
}

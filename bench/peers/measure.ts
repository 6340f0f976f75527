import { collectGarbage } from '../collect-garbage.js';
import { runClosedLoop, type LoopResult } from '../load/closed-loop.js';
import { runPacedLoop } from '../load/paced-loop.js';
import { Account } from './account.js';
import { runContended } from './contended.js';
import type { Contender, ContenderName } from './contenders.js';
import type { PeerStage } from './peer-stage.js';
import type { Seats } from './sale.js';
import { openStoreCpu } from './store-cpu.js';
import type { Sweep } from './sweep.js';

export interface PeerPlan {
  /** Of one try of a number of callers. */
  readonly trySeconds: number;
  readonly warmUpSeconds: number;
  readonly rounds: number;
  /** Of one contender in one round. */
  readonly roundSeconds: number;
  readonly pacedRounds: number;
  readonly pacedSeconds: number;
}

/** Of the throughput of the slowest: a load that all can carry. */
const EQUAL_LOAD = 0.75;
/** More than anybody can take in a second: what is reserved of a screening for a closed loop. */
const SEATS_PER_SECOND_MAX = 30_000;
/** For answers that are late; who exceeds it has left requests without an answer. */
const ANSWER_LIMIT_MS = 60_000;

export interface Measured {
  readonly account: Account;
  readonly callers: number;
  readonly sweep: Sweep | undefined;
}

export interface PeerResult {
  readonly measured: ReadonlyMap<ContenderName, Measured>;
  /** Requests per second that all got for the latencies at equal load. */
  readonly equalLoad: number;
}

/** Runs all of them in turns, so that the machine's moods are everybody's. */
export async function measureContenders(
  stage: PeerStage,
  contenders: readonly Contender[],
  plan: PeerPlan,
  progress: (step: string, done: number) => void,
): Promise<PeerResult> {
  const storeCpu = await openStoreCpu(stage);
  const runners = contenders.map(
    (contender) => new Runner(contender, storeCpu, (policy) => stage.redisAdmin.config('SET', 'appendfsync', policy)),
  );
  for (const [index, runner] of runners.entries()) {
    progress(`${runner.name}: many buyers of few seats, and how many callers it likes`, (index / runners.length) * 0.3);
    await runner.contend();
    await runner.chooseCallers(plan);
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const runner of rotated(runners, round)) {
      progress(
        `round ${String(round + 1)} of ${String(plan.rounds)}: ${runner.name}`,
        0.3 + (round / plan.rounds) * 0.4,
      );
      await runner.fullLoad(plan);
    }
  }
  const equals = runners.filter(({ sharesEqualLoad }) => sharesEqualLoad);
  const slowest = Math.min(...equals.map(({ account }) => account.rps));
  const equalLoad = Math.max(1, Math.floor(slowest * EQUAL_LOAD));
  for (const runner of equals) await runner.collectGarbage();
  for (let round = 0; round < plan.pacedRounds; round += 1) {
    for (const runner of rotated(equals, round)) {
      progress(`${runner.name} at ${String(equalLoad)} requests/s`, 0.7 + (round / plan.pacedRounds) * 0.25);
      await runner.equalLoad(plan, equalLoad);
    }
  }
  const measured = new Map<ContenderName, Measured>();
  for (const runner of runners) {
    progress(`${runner.name}: sweeping its store`, 0.95);
    measured.set(runner.name, await runner.finish());
  }
  return { measured, equalLoad };
}

/**
 * Everybody finds the machine as the one before left it: another begins in each round, and
 * every second round goes the other way about, so that nobody always follows the same.
 */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const from = by % items.length;
  const order = [...items.slice(from), ...items.slice(0, from)];
  return by % 2 === 0 ? order : order.reverse();
}

/** One contender's part in all of it. */
export class Runner {
  readonly account = new Account();
  #callers: number;

  constructor(
    private readonly contender: Contender,
    private readonly storeCpu: () => number | null,
    private readonly setAppendFsync: (policy: string) => Promise<unknown>,
  ) {
    this.#callers = contender.callers[0] ?? 1;
  }

  get name(): ContenderName {
    return this.contender.name;
  }

  get sharesEqualLoad(): boolean {
    return this.contender.sharesEqualLoad;
  }

  /** The floor has no seats to run out of. */
  async contend(): Promise<void> {
    if (this.contender.sweep === undefined) return;
    await this.#prepare();
    const run = await answered(this.name, runContended(this.contender));
    this.account.add(run.screeningId, run);
    this.account.faults.push(...run.faults);
  }

  async chooseCallers({ trySeconds, warmUpSeconds }: PeerPlan): Promise<void> {
    await this.#prepare();
    let best = 0;
    for (const callers of this.contender.callers) {
      await this.#tryLoop(callers, warmUpSeconds);
      if (this.contender.callers.length === 1) break;
      const { accepted, seconds } = await this.#tryLoop(callers, trySeconds);
      if (accepted / seconds < best) continue;
      best = accepted / seconds;
      this.#callers = callers;
    }
  }

  async fullLoad({ warmUpSeconds, roundSeconds }: PeerPlan): Promise<void> {
    await this.#prepare();
    // Before the CPU is read: a new screening may have to be opened for them, which is no part of a reservation.
    const seats = await this.#takeSeats(warmUpSeconds + roundSeconds);
    const before = await this.#cpu();
    const warmUp = await this.#closedLoop(seats, this.#callers, warmUpSeconds);
    const rest = { ...seats, firstSeat: seats.firstSeat + askedIn(warmUp) };
    const run = await this.#closedLoop(rest, this.#callers, roundSeconds);
    const after = await this.#cpu();
    this.contender.sale.used(askedIn(warmUp) + askedIn(run));
    const { accepted, seconds, latencyMicros } = run;
    const { counted, roundRps, fullLoadMicros } = this.account;
    counted.accepted += accepted;
    counted.acceptedWithWarmUp += warmUp.accepted + accepted;
    counted.seconds += seconds;
    counted.serverCpuMicros += after.server - before.server;
    counted.storeCpuMicros += after.stores - before.stores;
    roundRps.push(accepted / seconds);
    fullLoadMicros.add(latencyMicros);
  }

  collectGarbage(): Promise<void> {
    return this.contender.collectGarbage();
  }

  async equalLoad({ warmUpSeconds, pacedSeconds }: PeerPlan, rate: number): Promise<void> {
    await this.#prepare();
    // This process would stand still for 0.1 to 0.2 s in the middle, at the expense of whoever's turn it is.
    collectGarbage();
    await this.#pacedLoop(rate, warmUpSeconds);
    this.account.equalLoadMicros.add((await this.#pacedLoop(rate, pacedSeconds)).latencyMicros);
  }

  async finish(): Promise<Measured> {
    const { account } = this;
    const sweep = await this.contender.sweep?.(account.tokens);
    if (account.errors > 0) account.faults.push(`${this.name}: ${String(account.errors)} requests failed`);
    if (sweep !== undefined) {
      if (sweep.oversold > 0) account.faults.push(`${this.name}: ${String(sweep.oversold)} seats have two owners`);
      if (sweep.lost > 0) account.faults.push(`${this.name}: ${String(sweep.lost)} answered holds are not stored`);
    }
    return { account, callers: this.#callers, sweep };
  }

  /** The Redis is the same for all; how it stores is each one's own. */
  async #prepare(): Promise<void> {
    if (this.contender.appendFsync !== undefined) await this.setAppendFsync(this.contender.appendFsync);
  }

  async #tryLoop(callers: number, seconds: number): Promise<LoopResult> {
    const run = await this.#closedLoop(await this.#takeSeats(seconds), callers, seconds);
    this.contender.sale.used(askedIn(run));
    return run;
  }

  #takeSeats(seconds: number): Promise<Seats> {
    return this.contender.sale.take(Math.ceil(seconds * SEATS_PER_SECOND_MAX));
  }

  async #closedLoop({ screeningId, firstSeat }: Seats, callers: number, seconds: number): Promise<LoopResult> {
    const { clients, path } = this.contender;
    const run = await answered(this.name, runClosedLoop(clients, { path, screeningId, firstSeat, callers, seconds }));
    this.account.add(screeningId, run);
    return run;
  }

  async #pacedLoop(rate: number, seconds: number): ReturnType<typeof runPacedLoop> {
    const { clients, path, sale } = this.contender;
    const { screeningId, firstSeat } = await sale.take(Math.ceil(rate * seconds));
    const run = await answered(this.name, runPacedLoop(clients, { path, screeningId, firstSeat, rate, seconds }));
    this.account.add(screeningId, { ...run, refused: 0 });
    return run;
  }

  async #cpu(): Promise<{ readonly server: number; readonly stores: number }> {
    return { server: await this.contender.cpuMicros(), stores: this.storeCpu() ?? NaN };
  }
}

function askedIn({ accepted, refused, errors }: LoopResult): number {
  return accepted + refused + errors;
}

/** @throws when answers stay away for good */
async function answered<Result>(name: ContenderName, run: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${name} left requests without an answer`));
    }, ANSWER_LIMIT_MS);
  });
  try {
    return await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}

import { openBare, openSocketIo } from './copied.js';
import type { Name } from './contestant.js';
import { openCrowd } from './crowd.js';
import { openOurs, type Ours } from './ours.js';
import type { Plan } from './plan.js';
import { rush, type RushResult } from './rush.js';
import { runStep, type Show, type StepResult } from './rounds.js';

/** Everything a run found. */
export interface Findings {
  readonly steps: readonly StepResult[];
  /** Viewers who were there to the end with what the owner has. */
  readonly right: ReadonlyMap<Name, number>;
  /** Holds and viewers at once. */
  readonly rushed: readonly RushResult[];
  readonly sold: number;
  readonly faults: readonly string[];
}

export interface Stage {
  readonly home: string;
  readonly progress: (step: string, done: number) => void;
}

/** Runs the plan; closes everything, also after a failure. */
export async function perform(plan: Plan, { home, progress }: Stage): Promise<Findings> {
  const closers: (() => Promise<void>)[] = [];
  try {
    progress('starting the nodes', 0);
    const ours = await openOurs(plan.processes, home);
    closers.push(() => ours.close());
    const shows = new Map<Name, Show>();
    const enter = async (contestant: Show['contestant']): Promise<void> => {
      if (contestant !== ours) closers.push(() => contestant.close());
      const crowd = await openCrowd(plan.processes, contestant.name === 'socketio' ? 'socket.io' : 'plain');
      closers.push(() => crowd.close());
      shows.set(contestant.name, { contestant, crowd });
    };
    progress('starting the floor and the peer', 0.05);
    await enter(ours);
    await enter(await openBare(plan.processes, ours.redisUrl, ours.witness));
    await enter(await openSocketIo(plan.processes, ours.redisUrl, ours.witness));
    return await run(plan, ours, shows, progress);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function run(plan: Plan, ours: Ours, shows: Map<Name, Show>, progress: Stage['progress']): Promise<Findings> {
  const steps: StepResult[] = [];
  const right = new Map<Name, number>();
  const faults: string[] = [];
  /** Looks at every viewer's map, and lets the system go. */
  const leave = async ({ contestant, crowd }: Show): Promise<void> => {
    const { name } = contestant;
    const found = await crowd.check(await ours.expected());
    right.set(name, found.right);
    faults.push(...found.faults.map((fault) => `${name}: ${fault}`));
    if (found.right < crowd.size)
      faults.push(`${name}: ${String(crowd.size - found.right)} of ${String(crowd.size)} viewers ended wrongly`);
    shows.delete(name);
    if (name === 'ours') return;
    await crowd.close();
    await contestant.close();
  };
  for (const [index, step] of plan.steps.entries()) {
    const socketIo = shows.get('socketio');
    if (socketIo !== undefined && step.viewers > plan.socketIoViewersMax) await leave(socketIo);
    const tell = (what: string): void => progress(what, 0.1 + (0.9 * index) / plan.steps.length);
    steps.push(...(await runStep([...shows.values()], step, tell)));
  }
  for (const show of [...shows.values()]) if (show.contestant !== ours) await leave(show);
  const last = shows.get('ours');
  if (last === undefined) throw new RangeError('ours took no part');
  const rushed: RushResult[] = [];
  for (const each of plan.rushes) {
    progress(`selling ${String(each.rate)} seats a second while everybody watches`, 0.95);
    const result = await rush(ours, last, each);
    rushed.push(result);
    if (result.errors > 0) faults.push(`${String(result.errors)} holds failed while everybody watched`);
    if (result.oversold > 0) faults.push(`${String(result.oversold)} seats had two owners while everybody watched`);
    if (result.lost > 0) faults.push(`${String(result.lost)} answered holds of the rush are not in the journal`);
  }
  await leave(last);
  const { oversold, lost, taken } = await ours.audit();
  if (oversold > 0) faults.push(`${String(oversold)} seats had two owners`);
  if (lost > 0) faults.push(`${String(lost)} answered holds are not in the journal`);
  if (taken !== ours.sold) faults.push(`${String(taken)} seats are taken, ${String(ours.sold)} were sold`);
  return { steps, right, rushed, sold: ours.sold, faults };
}

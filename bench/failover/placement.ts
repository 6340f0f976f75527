import { eventually, pause } from './eventually.js';
import type { LoadReport } from './load.js';
import { isServing } from './operator.js';
import type { Seller } from './seller.js';
import { eachOf, type Stage } from './stage.js';

export interface PlacementResult {
  /** Screenings of the fullest of the first nodes over the mean, by who really holds them. */
  readonly loadMaxOverMean: number;
  /** Screenings by node before the join. */
  readonly held: readonly number[];
  /** Activations per second, one command each. */
  readonly activationsPerSecond: number;
  /** From the start of the joining node's process until it held its share. */
  readonly joinMs: number;
  /** The part of it after the node had joined the view. */
  readonly takeOverMs: number;
  /** Screenings it holds then. */
  readonly taken: number;
  /** Of the load during the join. */
  readonly joinLoad: LoadReport;
}

export interface PlacementPlan {
  /** Commands per second over all screenings while the last node joins. */
  readonly joinRate: number;
  readonly progress: (step: string, done: number) => void;
}

const ACTIVATIONS_AT_ONCE = 64;
const CALM_MS = 2_000;
const JOINS_WITHIN_MS = 60_000;

/**
 * Activates every screening of a stage whose last node has stopped, counts who holds
 * how many, and starts the last node under light load.
 * @throws when an activation is not answered OK, or the node does not get its share within a minute
 */
export async function measurePlacement(stage: Stage, { joinRate, progress }: PlacementPlan): Promise<PlacementResult> {
  const joining = stage.nodes.at(-1);
  if (joining === undefined) throw new RangeError('a stage has nodes');
  await joining.stop();
  await stage.settled();
  progress('activating every screening', 0.2);
  const startedMs = performance.now();
  await eachOf(stage.sellers, ACTIVATIONS_AT_ONCE, (seller) => activate(stage, seller));
  const activationsPerSecond = stage.sellers.length / ((performance.now() - startedMs) / 1000);
  const held = [...(await stage.owners.counts()).values()].sort((a, b) => b - a);
  const mean = stage.sellers.length / (stage.nodes.length - 1);

  progress(`${joining.id} joins`, 0.7);
  const load = stage.startLoad(joinRate);
  await pause(CALM_MS);
  const startMs = performance.now();
  await joining.start();
  let bootId = '';
  const hasJoined = async (): Promise<boolean> => {
    const member = (await stage.operator.nodes()).find(({ nodeId }) => nodeId === joining.id);
    bootId = member?.bootId ?? '';
    return member !== undefined && isServing(member);
  };
  await eventually(`${joining.id} to join`, hasJoined, JOINS_WITHIN_MS);
  const joinedMs = performance.now();
  const { nodes } = await stage.operator.shares();
  const share = nodes.find(({ nodeId }) => nodeId === joining.id)?.owns ?? 0;
  const taken = async (): Promise<number> => (await stage.owners.counts()).get(bootId) ?? 0;
  await eventually(`${joining.id} to hold its share`, async () => (await taken()) >= share, JOINS_WITHIN_MS);
  const endMs = performance.now();
  progress(`${joining.id} has joined`, 0.9);
  await stage.settled();
  await pause(CALM_MS);
  await load.stop();
  return {
    loadMaxOverMean: (held[0] ?? 0) / mean,
    held,
    activationsPerSecond,
    joinMs: endMs - startMs,
    takeOverMs: endMs - joinedMs,
    taken: await taken(),
    joinLoad: load,
  };
}

async function activate({ client }: Stage, seller: Seller): Promise<void> {
  const step = seller.next();
  if (step === undefined) throw new RangeError('a hall has seats');
  const outcome = step.settle(await client.call(step.path, step.request));
  if (outcome.kind !== 'done') throw new Error(`the first hold of ${seller.screeningId} was ${outcome.kind}`);
}

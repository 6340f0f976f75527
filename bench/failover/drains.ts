import { pause } from './eventually.js';
import type { Load } from './load.js';
import { heldBy, pausesOf, type Pause } from './moves.js';
import type { Stage } from './stage.js';

export interface DrainsResult {
  /** Of screenings that a drained node handed over. */
  readonly away: readonly Pause[];
  /** Of screenings that it took back once the drain was cancelled. */
  readonly back: readonly Pause[];
}

export interface DrainPlan {
  readonly drains: number;
  /** Told before each drain. */
  readonly progress: (done: number) => void;
}

/** Enough for an even stretch of load before a move. */
const CALM_MS = 3_000;

/**
 * Drains nodes under load, each in turn, by DrainNode, and takes the drain back once
 * everything has moved. The load must run.
 * @throws when screenings do not move
 */
export async function measureDrains(stage: Stage, load: Load, { drains, progress }: DrainPlan): Promise<DrainsResult> {
  const away: Pause[] = [];
  const back: Pause[] = [];
  for (let drain = 0; drain < drains; drain += 1) {
    progress(drain);
    await stage.settled();
    const nodeId = stage.nodes[drain % stage.nodes.length]?.id ?? '';
    await pause(CALM_MS);
    const held = await heldBy(stage, nodeId);
    away.push(...(await pausesOf(stage, load, held, () => stage.operator.drain(nodeId, false))));
    await pause(CALM_MS);
    const elsewhere = await stage.owners.holders();
    const lent = new Map([...elsewhere].filter(([screeningId]) => held.has(screeningId)));
    back.push(...(await pausesOf(stage, load, lent, () => stage.operator.drain(nodeId, true))));
  }
  progress(drains);
  return { away, back };
}

/**
 * Stops every node in turn with SIGTERM under load, and starts it again: a rolling
 * restart. Answers the pauses of the screenings that the stopped nodes handed over.
 * @throws when screenings do not move, or a node does not come back
 */
export async function measureRollingRestart(
  stage: Stage,
  load: Load,
  progress: (done: number) => void,
): Promise<readonly Pause[]> {
  const pauses: Pause[] = [];
  for (const [done, node] of stage.nodes.entries()) {
    progress(done);
    await stage.settled();
    await pause(CALM_MS);
    const held = await heldBy(stage, node.id);
    pauses.push(
      ...(await pausesOf(stage, load, held, async () => {
        const exitCode = await node.stop();
        if (exitCode !== 0) throw new Error(`${node.id} did not stop in order: it ended with ${String(exitCode)}`);
      })),
    );
    await node.start();
  }
  progress(stage.nodes.length);
  await stage.settled();
  return pauses;
}

import { eventually, pause } from './eventually.js';
import type { Load } from './load.js';
import type { Holder } from './owner-table.js';
import type { Stage } from './stage.js';
import { wallMs } from './timeline.js';

/** What a planned move cost the callers of one screening. */
export interface Pause {
  readonly screeningId: string;
  readonly fromNodeId: string;
  /** Longest time between two answers around the move, less the usual time between two; not below 0. */
  readonly pauseMs: number;
  /** The same around a moment shortly before, when nothing moved: what the machine does by itself. */
  readonly calmMs: number;
}

/** How far on either side of the first commit by the new owner an answer can be missing because of the move. */
const AROUND_MS = 500;
/** What the usual time between two answers is taken from. */
const USUAL_MS = 2_000;
const MOVES_WITHIN_MS = 60_000;

/**
 * Has `move` make screenings move, and tells the pause of each that did. The load must
 * have run for two seconds, evenly.
 * @param from screenings whose holder must change, as they are held before
 */
export async function pausesOf(
  stage: Stage,
  load: Load,
  from: ReadonlyMap<string, Holder>,
  move: () => Promise<void>,
): Promise<readonly Pause[]> {
  const beganMs = wallMs();
  await move();
  await eventually('every screening to be claimed', () => allClaimed(stage, from), MOVES_WITHIN_MS);
  await pause(2 * AROUND_MS);
  let movedMs: ReadonlyMap<string, number> = new Map();
  // Asked as rarely as can be: it reads whole journals.
  const allSold = async (): Promise<boolean> => {
    movedMs = await stage.owners.firstCommitsAfter(from);
    return movedMs.size === from.size;
  };
  await eventually('every screening to be sold by its new owner', allSold, MOVES_WITHIN_MS);
  return [...movedMs].map(([screeningId, atMs]) => {
    const timeline = load.timelineOf(screeningId);
    const usual = timeline.usualGap(beganMs - USUAL_MS, beganMs) ?? 0;
    const pauseAround = (momentMs: number): number => {
      const longest = timeline.longestGap(momentMs - AROUND_MS, momentMs + AROUND_MS) ?? MOVES_WITHIN_MS;
      return Math.max(0, longest - usual);
    };
    return {
      screeningId,
      fromNodeId: from.get(screeningId)?.nodeId ?? '',
      pauseMs: pauseAround(atMs),
      calmMs: pauseAround(beganMs - USUAL_MS / 2),
    };
  });
}

async function allClaimed({ owners }: Stage, from: ReadonlyMap<string, Holder>): Promise<boolean> {
  const now = await owners.holders();
  return [...from].every(([screeningId, { epoch }]) => (now.get(screeningId)?.epoch ?? epoch) > epoch);
}

/** What the node holds now. */
export async function heldBy(stage: Stage, nodeId: string): Promise<ReadonlyMap<string, Holder>> {
  return new Map([...(await stage.owners.holders())].filter(([, holder]) => holder.nodeId === nodeId));
}

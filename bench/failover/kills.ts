import { eventually, pause } from './eventually.js';
import type { Load } from './load.js';
import type { Stage } from './stage.js';
import { wallMs } from './timeline.js';

/** One screening of a killed node. */
export interface Failover {
  readonly kill: number;
  readonly nodeId: string;
  readonly screeningId: string;
  /**
   * From just before the signal to the answer of the first command that was sent after it
   * and answered OK; undefined when there was none within the limit.
   */
  readonly tookMs: number | undefined;
}

export interface KillPlan {
  readonly kills: number;
  /** Told before each kill. */
  readonly progress: (done: number) => void;
}

/** A screening that has not come back by then never will. */
export const COMES_BACK_WITHIN_MS = 20_000;
/** Between the return of one node and the end of the next. */
const CALM_MS = 1_000;

/**
 * Kills owners with SIGKILL under load, each node in turn; the killed one is started
 * again and holds its share again before the next kill. The load must run.
 * @throws when the cluster does not settle
 */
export async function measureKills(
  stage: Stage,
  load: Load,
  { kills, progress }: KillPlan,
): Promise<readonly Failover[]> {
  const failovers: Failover[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    progress(kill);
    await stage.settled();
    await pause(CALM_MS);
    failovers.push(...(await killOne(stage, load, kill)));
  }
  progress(kills);
  await stage.settled();
  return failovers;
}

async function killOne(stage: Stage, load: Load, kill: number): Promise<readonly Failover[]> {
  const node = stage.nodes[kill % stage.nodes.length];
  if (node === undefined) throw new RangeError('a stage has nodes');
  const holders = await stage.owners.holders();
  const owned = [...holders].filter(([, { nodeId }]) => nodeId === node.id).map(([screeningId]) => screeningId);
  const killedMs = wallMs();
  await node.kill('SIGKILL');
  const backMs = (screeningId: string): number | undefined => load.timelineOf(screeningId).firstSuccessSince(killedMs);
  await eventually(
    'the screenings of a killed node',
    () => owned.every((id) => backMs(id) !== undefined),
    COMES_BACK_WITHIN_MS,
  ).catch(() => {
    // Those that are missing are told one by one, as missing.
  });
  await node.start();
  return owned.map((screeningId) => {
    const back = backMs(screeningId);
    return { kill, nodeId: node.id, screeningId, tookMs: back === undefined ? undefined : back - killedMs };
  });
}

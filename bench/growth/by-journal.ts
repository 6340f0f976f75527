import path from 'node:path';
import { auditAll } from '../audit.js';
import { openRawClient } from '../load/raw-client.js';
import { median } from '../median.js';
import { openPostgresClient } from '../postgres.js';
import { openOneNode, type Ground } from './ground.js';
import { openBoxOffices } from './box-offices.js';
import { LongJournal } from './long-journal.js';
import type { GrowthPlan } from './plan.js';

const SEATS = 110;
/** Brought back first and not counted: a process that has just started runs cold code. */
const WARM_UP = { turns: 100, screenings: 20 };

/** The first command on screenings with journals of one length, after a restart of their node. */
export interface Activations {
  readonly p50Ms: number;
  readonly maxMs: number;
  /** Of the command after the first: what a command takes that brings nothing back. */
  readonly nextP50Ms: number;
  /** Median of the turns that came after the last snapshot, and were read from the journal. */
  readonly tailTurns: number;
}

export interface JournalPoint {
  /** Length of the journal when the node was killed, without the turn of the creation. */
  readonly turns: number;
  readonly screenings: number;
  /** Nothing was saved on the way out. */
  readonly afterKill: Activations;
  /** Every screening had a last snapshot. */
  readonly afterStop: Activations;
}

export interface ByJournal {
  readonly points: readonly JournalPoint[];
  readonly accepted: number;
  readonly faults: readonly string[];
}

interface Row {
  readonly turns: number;
  readonly journals: readonly LongJournal[];
}

/** Time to bring a screening back, by the length of its journal. @throws Error when an answer is wrong */
export async function measureByJournal(
  home: string,
  { byJournal }: GrowthPlan,
  progress: (step: string, done: number) => void,
): Promise<ByJournal> {
  const ground = await openOneNode({ home: path.join(home, 'journal') });
  try {
    const rows: Row[] = [];
    const boxOffices = await openBoxOffices(ground);
    for (const { turns, screenings } of [WARM_UP, ...byJournal]) {
      const stalls = await boxOffices.openScreenings(screenings, SEATS);
      rows.push({ turns, journals: stalls.map(({ screeningId, layout }) => new LongJournal(screeningId, layout)) });
    }
    boxOffices.close();
    progress('writing journals', 0);
    await writeAll(ground, rows);
    progress('after a kill', 0.7);
    await ground.nodes[0]?.kill('SIGKILL');
    const afterKill = await bringBack(ground, rows);
    progress('after a stop', 0.8);
    await ground.nodes[0]?.stop();
    const afterStop = await bringBack(ground, rows);
    progress('sweeping the journals', 0.9);
    const all = rows.flatMap(({ journals }) => journals);
    const { oversold, lost } = await auditAll(
      ground.postgresUrl,
      new Map(all.map(({ screeningId, promises }) => [screeningId, promises])),
    );
    const faults: string[] = [];
    if (oversold > 0) faults.push(`by length of the journal: ${String(oversold)} seats had two owners`);
    if (lost > 0) faults.push(`by length of the journal: ${String(lost)} acknowledged holds are not in the journal`);
    const points = byJournal.map(({ turns, screenings }, index) => {
      const [kill, stop] = [afterKill[index + 1], afterStop[index + 1]];
      if (kill === undefined || stop === undefined) throw new RangeError('a length was not measured');
      return { turns, screenings, afterKill: kill, afterStop: stop };
    });
    return { points, accepted: all.reduce((sum, { accepted }) => sum + accepted, 0), faults };
  } finally {
    await ground.close();
  }
}

async function writeAll({ nodes }: Ground, rows: readonly Row[]): Promise<void> {
  const client = await openRawClient(nodes[0]?.grpcAddress ?? '');
  const write = async (journal: LongJournal, turns: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn += 1) await journal.turn(client);
  };
  await Promise.all(rows.flatMap(({ turns, journals }) => journals.map((journal) => write(journal, turns))));
  client.close();
}

/** Starts the node again, and gives every screening two commands, one screening at a time. */
async function bringBack({ nodes, postgresUrl }: Ground, rows: readonly Row[]): Promise<readonly Activations[]> {
  const tails = await tailsOf(postgresUrl);
  const [node] = nodes;
  if (node === undefined) throw new RangeError('a ground has nodes');
  await node.start();
  const client = await openRawClient(node.grpcAddress);
  const taken = rows.map(() => ({ firstMs: new Array<number>(), nextMs: new Array<number>() }));
  const one = async (row: number, journal: LongJournal): Promise<void> => {
    taken[row]?.firstMs.push(await journal.turn(client));
    taken[row]?.nextMs.push(await journal.turn(client));
  };
  const [warmUp, ...measured] = rows;
  for (const journal of warmUp?.journals ?? []) await one(0, journal);
  // Lengths take turns.
  const longest = Math.max(...measured.map(({ journals }) => journals.length));
  for (let each = 0; each < longest; each += 1) {
    for (const [index, { journals }] of measured.entries()) {
      const journal = journals[each];
      if (journal !== undefined) await one(index + 1, journal);
    }
  }
  client.close();
  return rows.map(({ journals }, index) => ({
    p50Ms: median(taken[index]?.firstMs ?? []),
    maxMs: Math.max(...(taken[index]?.firstMs ?? [])),
    nextP50Ms: median(taken[index]?.nextMs ?? []),
    tailTurns: median(journals.map(({ screeningId }) => tails.get(screeningId) ?? NaN)),
  }));
}

/** Turns after the newest snapshot, by screening. */
async function tailsOf(postgresUrl: string): Promise<ReadonlyMap<string, number>> {
  const client = await openPostgresClient(postgresUrl);
  try {
    const { rows } = await client.query<{ screening_id: string; tail: number }>(
      `SELECT o.screening_id, (o.revision - coalesce(max(s.revision), 0))::float8 AS tail
         FROM screening_owner o LEFT JOIN screening_snapshot s USING (screening_id)
        GROUP BY o.screening_id, o.revision`,
    );
    return new Map(rows.map(({ screening_id: screeningId, tail }) => [screeningId, tail]));
  } finally {
    await client.end();
  }
}

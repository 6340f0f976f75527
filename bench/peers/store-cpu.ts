import { readdirSync, readFileSync } from 'node:fs';
import type { PeerStage } from './peer-stage.js';

/** Ticks of /proc per second; the kernel tells programs 100 on every machine. */
export const MICROS_PER_TICK = 10_000;

/** CPU time of Postgres (all its processes) and Redis since they started; null where there is no /proc. */
export async function openStoreCpu({ postgres, redis }: PeerStage): Promise<() => number | null> {
  const { rows } = await postgres.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const backend = processOf(rows[0]?.pid ?? 0);
  if (backend === undefined) return () => null;
  return () => {
    // What ended meanwhile is in the time of its parent's ended children.
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const ofStores = all
      .map((pid) => processOf(Number(pid)))
      .filter((each) => each !== undefined)
      .filter(({ pid, parent }) => pid === redis.pid || pid === backend.parent || parent === backend.parent);
    return ofStores.reduce((sum, { ticks }) => sum + ticks, 0) * MICROS_PER_TICK;
  };
}

export interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  /** Its own, and of its ended children. */
  readonly ticks: number;
}

/** undefined when it is gone. */
export function processOf(pid: number): ProcessTime | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // After the name, which may hold blanks: state, parent, ...; user and system time are fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), ticks };
}

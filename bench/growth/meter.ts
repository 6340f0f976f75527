import { existsSync, readdirSync } from 'node:fs';
import type pg from 'pg';
import { MachineUnfit } from '../machine.js';
import { MICROS_PER_TICK, processOf, type ProcessTime } from '../peers/store-cpu.js';
import { openPostgresClient } from '../postgres.js';

/** What the whole system has done since it started; the load generator is no part of it. */
export interface Reading {
  /** CPU time of all nodes. */
  readonly nodeMicros: number;
  /** Of all processes of Postgres, those that have ended as well. */
  readonly postgresMicros: number;
  readonly redisMicros: number;
  /** Transactions that wrote something. */
  readonly commits: number;
  readonly walBytes: number;
  /** Committed turns of all nodes that run. */
  readonly turns: number;
  /** Stored by all nodes that run. */
  readonly snapshots: number;
}

export interface Meter {
  /** Waits for snapshots that are still being written: they belong to what was sold before. */
  read(): Promise<Reading>;
  /**
   * Does what autovacuum would do at a time of its own: after creating 100,000 screenings a quarter of a
   * second, which fell into a round or did not. What sales make of it stays, and is counted.
   */
  vacuum(): Promise<void>;
  close(): Promise<void>;
}

/** What is measured. */
export interface Metered {
  readonly postgresUrl: string;
  readonly nodes: readonly { readonly pid: number | undefined; readonly httpUrl: string }[];
  readonly redisPid: number | undefined;
}

const QUIET_MS = 150;
const LOOKS_MAX = 60;

/** @throws MachineUnfit where the system does not tell the CPU time of other processes */
export async function openMeter({ postgresUrl, nodes, redisPid }: Metered): Promise<Meter> {
  if (!existsSync('/proc/self/stat')) throw new MachineUnfit('the CPU time of processes is read from /proc');
  const client = await openPostgresClient(postgresUrl);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const own = rows[0]?.pid ?? 0;
  const postmaster = processOf(own)?.parent;
  if (postmaster === undefined) {
    await client.end();
    throw new MachineUnfit('Postgres runs where its processes cannot be seen');
  }
  return {
    async read() {
      const told = await settled(() => Promise.all(nodes.map(({ httpUrl }) => metricsOf(httpUrl))));
      const { commits, walBytes } = await positionOf(client);
      const all = processes();
      const sum = (which: (each: ProcessTime) => boolean): number =>
        all.filter(which).reduce((total, { ticks }) => total + ticks, 0) * MICROS_PER_TICK;
      const nodePids = new Set(nodes.map(({ pid }) => pid));
      const isPostgres = ({ pid, parent }: ProcessTime): boolean => pid === postmaster || parent === postmaster;
      return {
        nodeMicros: sum(({ pid }) => nodePids.has(pid)),
        postgresMicros: sum((each) => isPostgres(each) && each.pid !== own),
        redisMicros: sum(({ pid }) => pid === redisPid),
        commits,
        walBytes,
        turns: told.reduce((total, { turns }) => total + turns, 0),
        snapshots: told.reduce((total, { snapshots }) => total + snapshots, 0),
      };
    },
    async vacuum() {
      await client.query('VACUUM (ANALYZE)');
    },
    close: () => client.end(),
  };
}

function processes(): ProcessTime[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => processOf(Number(pid)))
    .filter((each) => each !== undefined);
}

/** A transaction that writes takes one id, and one that only reads none. */
async function positionOf(client: pg.Client): Promise<{ readonly commits: number; readonly walBytes: number }> {
  const { rows } = await client.query<{ commits: number; wal_bytes: number }>(
    `SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS commits,
            (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 AS wal_bytes`,
  );
  return { commits: rows[0]?.commits ?? NaN, walBytes: rows[0]?.wal_bytes ?? NaN };
}

interface Counts {
  readonly turns: number;
  readonly snapshots: number;
}

/** The counts once nothing has been added for a moment. */
async function settled(read: () => Promise<readonly Counts[]>): Promise<readonly Counts[]> {
  let before = await read();
  for (let each = 0; each < LOOKS_MAX; each += 1) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const now = await read();
    if (now.every(({ snapshots }, index) => snapshots === before[index]?.snapshots)) return now;
    before = now;
  }
  return before;
}

async function metricsOf(httpUrl: string): Promise<Counts> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text();
  const valueOf = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  return {
    turns: valueOf(/^cinema_turn_commands_count(?:\{[^}]*\})? (\S+)/m),
    snapshots: valueOf(/^cinema_snapshots_total\{result="stored"[^}]*\} (\S+)/m),
  };
}

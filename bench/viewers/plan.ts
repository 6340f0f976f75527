import os from 'node:os';
import { MachineUnfit, requireOpenFiles, requireProc } from '../machine.js';
import { FIRST_PORT } from './messages.js';

/** So many viewers, and changes sold to them. */
export interface Step {
  readonly viewers: number;
  /** Changes that are measured; one before them is not counted. */
  readonly changes: number;
  /** From a change to the next of the same system. */
  readonly periodMs: number;
  /** Afterwards, before memory is measured: V8 gives back what it needed once after some ten quiet seconds. */
  readonly restMs: number;
}

/** Holds sold to others while everybody watches. */
export interface Rush {
  /** Holds per second on a screening that nobody watches. */
  readonly rate: number;
  readonly seconds: number;
  /** Changes of the watched screening meanwhile. */
  readonly changes: number;
}

export interface Plan {
  /** Of servers, and as many of viewers, per system. */
  readonly processes: number;
  readonly steps: readonly Step[];
  /** Socket.IO takes part in the steps up to so many viewers. */
  readonly socketIoViewersMax: number;
  /** One after the other. */
  readonly rushes: readonly Rush[];
}

/** What two cores send and read in a second, all systems together, at half their power. */
const MESSAGES_PER_SECOND = 60_000;
const SYSTEMS = 3;
const PERIOD_MIN_MS = 400;

const REST_MS = 15_000;

const step = (viewers: number, changes: number, restMs = 0): Step => ({
  viewers,
  changes,
  periodMs: Math.max(PERIOD_MIN_MS, (viewers * SYSTEMS * 1_000) / MESSAGES_PER_SECOND),
  restMs,
});

export const fullPlan: Plan = {
  processes: 6,
  steps: [step(1_000, 12, REST_MS), step(10_000, 10), step(30_000, 8), step(100_002, 12, REST_MS)],
  socketIoViewersMax: 100_002,
  rushes: [
    { rate: 5_000, seconds: 10, changes: 0 },
    { rate: 5_000, seconds: 15, changes: 3 },
  ],
};

export const shortPlan: Plan = {
  processes: 2,
  steps: [step(200, 3), step(600, 4)],
  socketIoViewersMax: 600,
  rushes: [
    { rate: 500, seconds: 2, changes: 0 },
    { rate: 500, seconds: 2, changes: 2 },
  ],
};

/** Of a process beyond its viewers: database, peers, pipes, the program itself. */
const FILES_BESIDE = 300;
/** Both ends of a connection, in its processes and the kernel, of every system. */
const BYTES_PER_VIEWER = 64 * 1_024;

const PORT_MAX = 65_535;

/** @throws MachineUnfit when files, ports or memory do not suffice for the plan, or nothing tells what processes use */
export function requireRoom({ processes, steps, socketIoViewersMax }: Plan, procFolder?: string): void {
  const viewers = Math.max(...steps.map((each) => each.viewers));
  const perProcess = Math.ceil(viewers / processes);
  requireProc(procFolder);
  // Each process has an address of its own, and each viewer a port of it.
  const lastPort = FIRST_PORT + perProcess - 1;
  if (lastPort > PORT_MAX)
    throw new MachineUnfit(
      `${String(perProcess)} viewers of a process have the ports from ${String(FIRST_PORT)} on, and the last is ${String(PORT_MAX)}`,
    );
  requireOpenFiles(perProcess + FILES_BESIDE);
  const bytes = (viewers * 2 + socketIoViewersMax) * BYTES_PER_VIEWER;
  if (os.freemem() < bytes)
    throw new MachineUnfit(
      `${gib(bytes)} GiB of free memory are needed for ${String(viewers)} viewers, ${gib(os.freemem())} are there`,
    );
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { findOrInstallGhz } from '../../src/setup/ghz.mjs';
import { closeIfInterrupted } from '../interruption.js';
import { MachineUnfit } from '../machine.js';
import { readGhzReport, type GhzRun } from './ghz-report.js';

/** bench/ghz/<name>.json: how one kind of load is made. */
export type GhzConfig =
  'unique' | 'floor' | 'contended' | 'confirm' | 'open-hold' | 'open-confirm' | 'open-release' | 'open-browse';

/** What differs from run to run; the rest is in the configuration. */
export interface GhzLoad {
  readonly config: GhzConfig;
  /** host:port */
  readonly address: string;
  /** A folder for what ghz reads and writes. */
  readonly home: string;
  /** Encoded messages, each sent once and in this order. */
  readonly requests: readonly Uint8Array[];
  /** Requests under way at once, where not as many as the configuration says. */
  readonly callers?: number;
  /** Requests per second; as fast as answers come when absent. */
  readonly rps?: number;
  /** At the start, sent and swept and not measured. */
  readonly warmUpSeconds: number;
}

/** Where the paths in the configurations start, seen from dist/bench/ghz. */
const checkout = fileURLToPath(new URL('../../../', import.meta.url));
/** Longer than any run may take by its own configuration. */
const TIMEOUT_MS = 180_000;

/** @throws MachineUnfit that says what to install */
export function ghzProgram(): string {
  try {
    return findOrInstallGhz();
  } catch (error) {
    throw new MachineUnfit(reasonOf(error).replace(/\.$/, ''));
  }
}

/** Runs ghz once. @throws MachineUnfit when it cannot reach the server, or did not send everything */
export async function runGhz({
  config,
  address,
  home,
  requests,
  callers,
  rps,
  warmUpSeconds,
}: GhzLoad): Promise<GhzRun> {
  const file = (ending: string): string => path.join(home, `ghz-${id}-${ending}`);
  const id = randomUUID();
  const settings: unknown = JSON.parse(await readFile(new URL(`${config}.json`, import.meta.url), 'utf8'));
  await writeFile(file('requests.binpb'), delimited(requests));
  await writeFile(
    file('config.json'),
    JSON.stringify({
      ...(settings as object),
      host: address,
      total: requests.length,
      'binary-file': file('requests.binpb'),
      ...(callers === undefined ? {} : { concurrency: callers }),
      ...(rps === undefined ? {} : { rps }),
      format: 'json',
      output: file('report.json'),
    }),
  );
  try {
    await run(ghzProgram(), file('config.json'));
    const ran = readGhzReport(await readFile(file('report.json'), 'utf8'), warmUpSeconds);
    // More can be: gRPC itself sends again what a server that was hanging up never took, and ghz counts every try.
    if (ran.all.requests < requests.length)
      throw new MachineUnfit(
        `ghz reported ${String(ran.all.requests)} answers to ${String(requests.length)} requests: ${textsOf(ran)}`,
      );
    return ran;
  } catch (error) {
    if (error instanceof MachineUnfit) throw error;
    throw new MachineUnfit(`ghz did not run against ${address}: ${reasonOf(error)}`);
  } finally {
    for (const ending of ['requests.binpb', 'config.json', 'report.json']) await rm(file(ending), { force: true });
  }
}

async function run(program: string, configFile: string): Promise<void> {
  const running = promisify(execFile)(program, ['--config', configFile], {
    cwd: checkout,
    timeout: TIMEOUT_MS,
    // The requests of a run stay in memory: collecting garbage at twice their size is enough.
    env: { ...process.env, GOGC: '400' },
  });
  const ended = closeIfInterrupted(async () => {
    running.child.kill('SIGKILL');
    await running;
  });
  try {
    await running;
  } finally {
    ended();
  }
}

/** Each with its length before it: what ghz takes one after the other without reading JSON. */
function delimited(requests: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const request of requests) writer.bytes(request);
  return writer.finish();
}

function textsOf({ all }: GhzRun): string {
  return [`${String(all.accepted)} OK`, ...[...all.texts].map(([text, times]) => `${String(times)} ${text}`)].join(
    '; ',
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}

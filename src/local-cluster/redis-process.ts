import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** One run of a redis-server that accepts connections. */
export interface RedisProcess {
  readonly pid: number;
  /** Resolves when it has ended, however, with the last of what it wrote. */
  readonly ended: Promise<string>;
  /** False when it has ended before. */
  signal(signal: NodeJS.Signals): boolean;
}

/**
 * The keeper, a shell between this process and the server. It kills the server when its
 * standard input ends, which happens when this process is gone, whatever killed that; and
 * removes the server's folder when the server has ended. $1 is the folder, or nothing where it
 * is to stay; the rest is the server.
 */
const KEEPER = `
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( cat <&3; kill -KILL "$server" ) >/dev/null 2>&1 &
watcher=$!
echo "server $server"
exec >/dev/null 2>&1 # a word into a pipe that nobody reads any more would end the keeper
wait "$server"
kill "$watcher"
test -z "$folder" || rm -rf -- "$folder"
`;

/** It listens on the loopback interface only, and makes no snapshots. */
const SETTINGS = ['--bind', '127.0.0.1', '--save', '', '--daemonize', 'no'];

const OUTPUT_KEPT = 4_096;

/**
 * Starts a server that ends with this process.
 * @param program path of redis-server
 * @param keepIn a folder for its append-only file, from which it starts; it keeps nothing when absent
 * @throws Error with what it wrote, when it ends before it accepts connections
 */
export async function startRedisProcess(program: string, port: number, keepIn?: string): Promise<RedisProcess> {
  const folder = keepIn ?? (await mkdtemp(path.join(os.tmpdir(), 'cinema-redis-')));
  const appendOnly = keepIn === undefined ? 'no' : 'yes';
  const server = [program, '--port', String(port), '--dir', folder, '--appendonly', appendOnly, ...SETTINGS];
  // In a session of its own: a Ctrl-C is for this process, which stops the server when its time has come.
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', keepIn === undefined ? folder : '', ...server], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<string>((resolve) => {
    keeper.once('error', (error) => resolve(error.message));
    keeper.once('exit', () => {
      keeper.stdin.destroy();
      resolve(output);
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    let started: number | undefined;
    const read = (chunk: string): void => {
      output = (output + chunk).slice(-OUTPUT_KEPT);
      started ??= numberIn(/^server (\d+)$/m.exec(output));
      if (started !== undefined && output.includes('Ready to accept connections')) resolve(started);
    };
    keeper.stdout.setEncoding('utf8').on('data', read);
    keeper.stderr.setEncoding('utf8').on('data', read);
    void ended.then((last) => reject(new Error(`${program} did not start on port ${String(port)}:\n${last}`)));
  });
  return {
    pid,
    ended,
    signal(signal) {
      // The process id of one that ended may be somebody else's by now.
      if (keeper.exitCode !== null || keeper.signalCode !== null) return false;
      try {
        return process.kill(pid, signal);
      } catch {
        return false; // it ended just now, and its keeper will
      }
    },
  };
}

const numberIn = (match: RegExpExecArray | null): number | undefined =>
  match?.[1] === undefined ? undefined : Number(match[1]);

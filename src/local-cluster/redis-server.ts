import { freePort } from './free-port.js';
import { startRedisProcess, type RedisProcess } from './redis-process.js';

export interface RedisServerOptions {
  /** Path of the program. */
  readonly redisServer: string;
  /** A folder for its append-only file, which is there before and after it; it keeps nothing when absent. */
  readonly keepIn?: string;
  readonly log?: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** A redis-server of this process, on a loopback port that stays the same. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Another one after a restart. */
  readonly pid: number;
  /** Kills it if it runs, and starts it again: empty, or with what its append-only file has. */
  restart(): Promise<void>;
  /** Sends a signal; resolves when the server has ended, or at once when the signal ends nothing. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Ends it at once: what is to be kept has been written. Idempotent. */
  stop(): Promise<void>;
}

const START_ATTEMPTS = 3;

/** Starts one. It ends with this process, too, however that ends. @throws Error with what the server wrote */
export async function openRedisServer({ redisServer, keepIn, log }: RedisServerOptions): Promise<RedisServer> {
  const { port, first } = await start(redisServer, keepIn);
  let running = first;
  let stopped: Promise<void> | undefined;
  const watch = ({ pid, ended }: RedisProcess): void => {
    log?.('redis-server started', { port, pid });
    void ended.then(() => log?.('redis-server ended', { port, pid }));
  };
  watch(running);

  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const sent = running.signal(signal);
    if (!sent || (signal !== 'SIGSTOP' && signal !== 'SIGCONT')) await running.ended;
  };
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    port,
    get pid() {
      return running.pid;
    },
    kill,
    async restart() {
      if (stopped !== undefined) throw new Error('the redis-server was stopped');
      await kill('SIGKILL');
      running = await startRedisProcess(redisServer, port, keepIn);
      watch(running);
    },
    stop: () => (stopped ??= kill('SIGKILL')),
  };
}

/** On any free port; somebody may be faster to take the one we found. */
async function start(program: string, keepIn?: string): Promise<{ port: number; first: RedisProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, first: await startRedisProcess(program, port, keepIn) };
    } catch (error) {
      const isTaken = error instanceof Error && error.message.includes('Address already in use');
      if (!isTaken || attempt === START_ATTEMPTS) throw error;
    }
  }
}

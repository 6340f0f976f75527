import { Redis, type RedisOptions } from 'ioredis';
import type { Randomness } from '../../runtime/index.js';
import { reasonOf } from './errors.js';
import type { RedisLog } from './log.js';
import { Outage } from './outage.js';
import { runScript, type Script } from './script.js';
import { openSubscriptions, type Subscriptions } from './subscriptions.js';

export interface ConnectionOptions {
  /** redis:// or rediss://, with user, password and database where there are any. */
  readonly url: string;
  /** For opening a connection. */
  readonly connectTimeoutMs: number;
  /** A command that is not answered by then has failed, and the connection is made anew. */
  readonly commandTimeoutMs: number;
  /** Longest pause between attempts to connect. */
  readonly reconnectMaxMs: number;
}

/** Two connections to one Redis, made again whenever they break: one for commands, one for subscriptions. */
export interface RedisConnection extends Subscriptions {
  /**
   * Runs a script. Nothing is kept for later or sent twice: without a connection it fails at
   * once, and a command that was under way when the connection broke has failed.
   * @returns its answer with strings as Buffers
   * @throws Error; the script may have run
   */
  run(script: Script, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown>;
  /** Whether a command would be sent. */
  isReady(): boolean;
  /** Why Redis cannot be reached; undefined while it is. */
  problem(): string | undefined;
  /** Cuts both connections. Idempotent. */
  close(): Promise<void>;
}

/** First pause between attempts to connect; it doubles. */
const RECONNECT_FIRST_MS = 50;

/**
 * Resolves when both connections stand, or when the first attempt has failed: then it goes
 * on trying and says so in the log. Never rejects.
 */
export async function connectRedis(
  options: ConnectionOptions,
  randomness: Randomness,
  log: RedisLog,
): Promise<RedisConnection> {
  const outage = new Outage(log, () => performance.now());
  const settings = redisOptions(options, randomness);
  const commands = new Redis(options.url, settings);
  const subscriber = new Redis(options.url, settings);
  let closing: Promise<void> | undefined;
  const isClosed = (): boolean => closing !== undefined;
  watch('command', commands, outage, isClosed);
  watch('subscription', subscriber, outage, isClosed);
  const subscriptions = openSubscriptions(subscriber);
  // Nothing else is sent there for hours: without it a cut line would never be noticed.
  const heartbeat = setInterval(() => {
    // No answer makes ioredis close the connection (socketTimeout); there is nothing to add.
    if (subscriber.status === 'ready') subscriber.ping().catch(() => undefined);
  }, options.commandTimeoutMs);
  heartbeat.unref();
  await Promise.allSettled([commands.connect(), subscriber.connect()]);

  // A socket that was given up is `ready` to ioredis until its end is told.
  const isReady = (): boolean => !isClosed() && commands.status === 'ready' && commands.stream.writable;
  const problem = (): string | undefined => (isClosed() ? 'closed by this node' : outage.problem());
  const shutDown = async (): Promise<void> => {
    clearInterval(heartbeat);
    await Promise.all([end(commands), end(subscriber)]);
  };
  return {
    async run(script, keys, args) {
      if (!isReady()) throw new Error(problem() ?? 'the connection just broke');
      joinWrites(commands.stream);
      return runScript(commands, script, keys, args);
    },
    isReady,
    listen: (channel, listener) => subscriptions.listen(channel, listener),
    problem,
    close: () => (closing ??= shutDown()),
  };
}

function redisOptions(options: ConnectionOptions, randomness: Randomness): RedisOptions {
  const { connectTimeoutMs, commandTimeoutMs, reconnectMaxMs } = options;
  return {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A timeout alone would leave a half-open connection standing, for TCP to give up in a quarter of an hour.
    socketTimeout: commandTimeoutMs,
    disconnectTimeout: commandTimeoutMs,
    // A renewal that arrives late is worse than one that failed.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    retryStrategy: (attempt) =>
      Math.min(reconnectMaxMs, RECONNECT_FIRST_MS * 2 ** (attempt - 1)) * (0.5 + randomness.fraction() / 2),
    // After a failover the name may lead to the new primary.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

/**
 * What is sent in one tick goes out in one write: to the kernel one command costs as much as
 * a hundred. At a hundred publishes every 10 ms it was a third of a publish's CPU time.
 */
function joinWrites(stream: Redis['stream']): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => {
    stream.uncork();
  });
}

/** Connection errors are events; without a listener ioredis writes them to the console. */
function watch(name: string, redis: Redis, outage: Outage, isClosed: () => boolean): void {
  let reason: string | undefined;
  redis.on('error', (error: unknown) => {
    reason = reasonOf(error);
  });
  redis.on('close', () => {
    if (!isClosed()) outage.failed(name, reason ?? 'Redis closed the connection');
    reason = undefined;
  });
  redis.on('ready', () => {
    outage.ended(name);
  });
}

function end(redis: Redis): Promise<void> {
  // Between two attempts there is no socket, and no event tells that it ended.
  const silent = redis.status === 'reconnecting' || redis.status === 'end';
  const ended = silent ? Promise.resolve() : new Promise<void>((resolve) => redis.once('end', () => resolve()));
  redis.disconnect();
  return ended;
}

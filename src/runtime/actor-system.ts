import type { EventEmitter } from 'node:events';
import { createSystem, type Actor, type ActorRef } from 'comedy';

/**
 * comedy as this project uses it: root -> supervisor -> one in-memory actor per
 * entity. Everything else comedy offers (forked, threaded and remote actors, `listen`)
 * stays unused: see docs/ARCHITECTURE.md.
 */
export interface ActorSystem {
  /**
   * Creates an actor and waits for its `initialize`; rejects with what that threw.
   * @param name for logs and the tree; need not be unique.
   */
  spawn<Message>(name: string, definition: ActorDefinition<Message>): Promise<RunningActor<Message>>;
  /** Actors by name, for operators. */
  tree(): Promise<object>;
  /** Destroys every actor, children first, then the system. Idempotent. */
  close(): Promise<void>;
}

/**
 * What an actor does. comedy lets handlers of one actor interleave and calls any
 * method whose name it is sent, so an actor takes messages by `receive` alone, which
 * is synchronous.
 */
export interface ActorDefinition<Message> {
  /** Before the first message; the actor exists only if it succeeds. */
  initialize(): Promise<void>;
  /** Must not throw and must not wait. */
  receive(message: Message): void;
  /** After the last message was handed over. Must not be awaited from inside the actor. */
  destroy(): Promise<void>;
  /** Plain numbers and text for operators. */
  metrics(): object;
}

export interface RunningActor<Message> {
  /** Hands the message over. `onDead` is called when the actor no longer takes messages. */
  tell(message: Message, onDead: () => void): void;
  metrics(): Promise<object>;
  /** Refuses new messages, then runs the definition's `destroy`. Idempotent. */
  destroy(): Promise<void>;
}

/** Takes what comedy has to say: warnings and errors are worth a log line. */
export interface ActorSystemLog {
  warn(message: string): void;
}

export async function openActorSystem(log: ActorSystemLog): Promise<ActorSystem> {
  const system = createSystem({
    // Without this comedy looks for actors.json and watches it.
    config: {},
    logger: comedyLogger(log),
    loggerConfig: {},
    // Only keeps comedy from printing its logger's configuration at start.
    test: true,
  });
  const comedyLog = comedyLoggerOf(system);
  comedyLog.setLevel(comedyLog.levels().Warn);
  removeExitHandlers(system);
  const root = await system.rootActor();
  const supervisor: Actor = await becomeActor(root, 'supervisor');
  let closing: Promise<void> | undefined;
  return {
    async spawn<Message>(name: string, definition: ActorDefinition<Message>) {
      const actor = await supervisor.createChild(
        {
          initialize: () => definition.initialize(),
          receive: (message: Message) => {
            definition.receive(message);
          },
          destroy: () => definition.destroy(),
          metrics: () => definition.metrics(),
        },
        { mode: 'in-memory', name },
      );
      forgetLogListeners(comedyLog);
      return runningActor<Message>(actor);
    },
    tree: () => system.rootActor().then((actor) => actor.tree()),
    close: () => (closing ??= system.destroy()),
  };
}

function runningActor<Message>(actor: ActorRef): RunningActor<Message> {
  let destroying: Promise<void> | undefined;
  return {
    tell(message, onDead) {
      actor.send('receive', message).catch(onDead);
    },
    metrics: async () => {
      const metrics: unknown = await actor.metrics();
      return typeof metrics === 'object' && metrics !== null ? metrics : {};
    },
    destroy: () => (destroying ??= Promise.resolve(actor.destroy())),
  };
}

/** createChild answers a reference; the supervisor itself is handed to its own `initialize`. */
async function becomeActor(root: Actor, name: string): Promise<Actor> {
  return new Promise((resolve, reject) => {
    const definition = {
      initialize(self: Actor) {
        resolve(self);
      },
    };
    root.createChild(definition, { mode: 'in-memory', name }).catch(reject);
  });
}

/**
 * comedy exits the process on SIGTERM and SIGINT, in the middle of a drain. Its
 * handlers are undocumented fields; a test notices should they go away.
 */
function removeExitHandlers(system: object): void {
  for (const [signal, field] of [
    ['SIGINT', 'sigintHandler'],
    ['SIGTERM', 'sigtermHandler'],
  ] as const) {
    const handler: unknown = Reflect.get(system, field);
    if (typeof handler !== 'function') throw new TypeError(`comedy has no ${field}: its exit handlers moved`);
    process.removeListener(signal, handler as () => void);
  }
}

/** What is needed of comedy's own logger, which it leaves untyped. */
interface ComedyLogger {
  setLevel(level: number): void;
  levels(): { readonly Warn: number };
  getConfiguration(): EventEmitter;
}

function comedyLoggerOf(system: { getLog(): unknown }): ComedyLogger {
  return system.getLog() as ComedyLogger;
}

/**
 * Every actor's logger listens for a new logger configuration, for ever, also when the
 * actor is gone. The configuration never changes here, so nobody needs to listen.
 */
function forgetLogListeners(comedyLog: ComedyLogger): void {
  comedyLog.getConfiguration().removeAllListeners('configChange');
}

/**
 * What comedy says of an actor that could not be created. `spawn` rejects with the same
 * error and its caller says it, so this line would only say it twice.
 */
const INITIALIZATION_FAILED = 'Actor initialization failed';

function comedyLogger(log: ActorSystemLog): object {
  const say = (...parts: unknown[]): void => {
    if (parts.some((part) => typeof part === 'string' && part.startsWith(INITIALIZATION_FAILED))) return;
    log.warn(parts.map(String).join(' '));
  };
  const silent = (): void => undefined;
  return { debug: silent, info: silent, warn: say, error: say };
}

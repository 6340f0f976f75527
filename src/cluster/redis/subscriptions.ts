import type { Redis } from 'ioredis';

/** Who listens to a channel. What it throws is a bug and ends the process. */
export interface Listener {
  readonly receive: (payload: Buffer) => void;
  /** From now on all is received; what came before, since `listen` or since Redis went away, was not. */
  readonly heard: () => void;
}

/** Channels this node listens to. */
export interface Subscriptions {
  /** Listens until the returned function is called (idempotent). */
  listen(channel: string, listener: Listener): () => void;
}

/**
 * Redis is subscribed to a channel only while somebody here listens. Who listens is known
 * here and not by the connection: a new connection is told everything anew.
 * @param redis used for nothing else, with autoResubscribe off
 */
export function openSubscriptions(redis: Redis): Subscriptions {
  const listeners = new Map<string, Set<Listener>>();

  /** A connection that does not do as told is in doubt about what it sends: only a new one settles it. */
  const renewConnection = (): void => {
    if (redis.status === 'ready') redis.disconnect(true);
  };
  const subscribe = async (channels: readonly string[]): Promise<void> => {
    if (redis.status !== 'ready') return; // the next connection asks for what is wanted then
    try {
      await redis.subscribe(...channels);
    } catch {
      renewConnection();
      return;
    }
    for (const channel of channels) for (const { heard } of listeners.get(channel) ?? []) heard();
  };
  const unsubscribe = (channel: string): void => {
    if (redis.status === 'ready') redis.unsubscribe(channel).catch(renewConnection);
  };

  redis.on('ready', () => {
    if (listeners.size > 0) void subscribe([...listeners.keys()]);
  });
  redis.on('messageBuffer', (channel: Buffer, payload: Buffer) => {
    for (const { receive } of listeners.get(channel.toString()) ?? []) receive(payload);
  });

  return {
    listen(channel, { receive, heard }) {
      const own: Listener = { receive, heard }; // the same listener may listen twice
      const others = listeners.get(channel);
      if (others === undefined) {
        listeners.set(channel, new Set([own]));
        void subscribe([channel]);
      } else {
        others.add(own);
      }
      return () => {
        const listening = listeners.get(channel);
        if (listening?.delete(own) !== true || listening.size > 0) return;
        listeners.delete(channel);
        unsubscribe(channel);
      };
    },
  };
}

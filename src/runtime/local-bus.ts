import type { Bus } from './ports.js';

/** The bus of a node alone: subscribers hear a message before `publish` returns, in the order they came. */
export function localBus<Message>(): Bus<Message> {
  const topics = new Map<string, Set<(message: Message) => void>>();
  return {
    publish(topic, message) {
      for (const receive of topics.get(topic) ?? []) receive(message);
    },
    subscribe(topic, receive, listening) {
      const subscribers = topics.get(topic) ?? new Set();
      topics.set(topic, subscribers.add(receive));
      listening?.();
      return () => {
        subscribers.delete(receive);
        if (subscribers.size === 0 && topics.get(topic) === subscribers) topics.delete(topic);
      };
    },
  };
}

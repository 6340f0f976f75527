import type { Bus } from '../../runtime/index.js';
import type { BusCodec } from '../bus-codec.js';
import { NodeSubscribers } from '../node-subscribers.js';
import type { MemoryStore } from './store.js';

/** The same bus as Redis', for one node; the nodes that share a store hear each other. Messages go through the codec. */
export function memoryBus<Message>(store: MemoryStore, codec: BusCodec<Message>): Bus<Message> {
  const origin = store.randomness.token();
  const channel = (topic: string): string => `topic:${topic}`;
  const subscribers = new NodeSubscribers<Message>((topic) =>
    store.listen(channel(topic), {
      receive(sent) {
        if (sent.origin !== origin) subscribers.tell(topic, codec.decode(sent.bytes));
      },
      heard: () => subscribers.heard(topic),
    }),
  );
  return {
    publish(topic, message) {
      subscribers.tell(topic, message);
      if (store.isAway()) return;
      for (const key of codec.invalidates(topic, message)) store.entries.delete(key);
      store.publish(channel(topic), { origin, bytes: codec.encode(message) });
    },
    subscribe: (topic, receive, listening) => subscribers.subscribe(topic, receive, listening),
  };
}

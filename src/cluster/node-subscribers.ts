import { localBus } from '../runtime/index.js';

/**
 * This node's subscribers to a bus between nodes: what is said here they hear at once, and
 * a topic is listened to elsewhere only while it has any of them.
 */
export class NodeSubscribers<Message> {
  private readonly here = localBus<Message>();
  private readonly topics = new Map<string, { subscribers: number; readonly stop: () => void }>();
  private readonly watchers = new Set<{ readonly listening: (topic: string) => void }>();

  /** @param listen begins to listen to the topic on other nodes; what it returns ends that, and is called once */
  constructor(private readonly listen: (topic: string) => () => void) {}

  /** Before this returns all of them have heard the message, in the order they came. */
  tell(topic: string, message: Message): void {
    this.here.publish(topic, message);
  }

  /** @returns ends it; idempotent */
  subscribe(topic: string, receive: (message: Message) => void): () => void {
    const unsubscribe = this.here.subscribe(topic, receive);
    const joined = this.topics.get(topic) ?? { subscribers: 0, stop: this.listen(topic) };
    joined.subscribers += 1;
    this.topics.set(topic, joined);
    let subscribed = true;
    return () => {
      unsubscribe();
      if (!subscribed) return;
      subscribed = false;
      joined.subscribers -= 1;
      if (joined.subscribers > 0) return;
      this.topics.delete(topic);
      joined.stop();
    };
  }

  /** Other nodes are heard on the topic from now on. */
  heard(topic: string): void {
    for (const { listening } of this.watchers) listening(topic);
  }

  /** See ClusterBus.onListening. */
  onListening(listening: (topic: string) => void): () => void {
    const watcher = { listening };
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }
}

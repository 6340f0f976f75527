import { localBus } from '../runtime/index.js';

interface Topic {
  subscribers: number;
  /** Other nodes have been heard on it. Should that have broken, it is said again when it is mended. */
  isHeard: boolean;
  readonly listening: Set<() => void>;
  readonly stop: () => void;
}

/**
 * This node's subscribers to a bus between nodes: what is said here they hear at once, and
 * a topic is listened to elsewhere only while it has any of them.
 */
export class NodeSubscribers<Message> {
  private readonly here = localBus<Message>();
  private readonly topics = new Map<string, Topic>();

  /** @param listen begins to listen to the topic on other nodes; what it returns ends that, and is called once */
  constructor(private readonly listen: (topic: string) => () => void) {}

  /** Before this returns all of them have heard the message, in the order they came. */
  tell(topic: string, message: Message): void {
    this.here.publish(topic, message);
  }

  /**
   * @param listening called whenever hearing other nodes begins; at once when it has
   * @returns ends it; idempotent
   */
  subscribe(topic: string, receive: (message: Message) => void, listening?: () => void): () => void {
    const unsubscribe = this.here.subscribe(topic, receive);
    const joined = this.topics.get(topic) ?? this.open(topic);
    joined.subscribers += 1;
    // A function of its own, for the same one may be given twice.
    const begins = listening && ((): void => listening());
    if (begins !== undefined) joined.listening.add(begins);
    if (joined.isHeard) begins?.();
    let subscribed = true;
    return () => {
      unsubscribe();
      if (!subscribed) return;
      subscribed = false;
      if (begins !== undefined) joined.listening.delete(begins);
      joined.subscribers -= 1;
      if (joined.subscribers > 0) return;
      this.topics.delete(topic);
      joined.stop();
    };
  }

  /** Other nodes are heard on the topic from now on. */
  heard(topic: string): void {
    const joined = this.topics.get(topic);
    if (joined === undefined) return;
    joined.isHeard = true;
    for (const begins of [...joined.listening]) begins();
  }

  private open(topic: string): Topic {
    const opened: Topic = { subscribers: 0, isHeard: false, listening: new Set(), stop: this.listen(topic) };
    this.topics.set(topic, opened);
    return opened;
  }
}

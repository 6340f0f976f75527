import type { Bus } from '../../../src/runtime/ports.js';
import type { Host } from '../kernel/host.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Network } from './network.js';

/** How long a subscriber waits for the broker before it asks again, ms. */
const RETRY_MS = 300;

/**
 * Messages between nodes through a broker that is a process of its own. They take two
 * ways through the network, overtake each other, get lost, and arrive twice where the
 * weather says so. While a node or the broker is away they are gone.
 */
export class SimulatedBus<Message> {
  private readonly topics = new Map<string, Set<Subscription<Message>>>();

  /** @param copy as the wire makes one: what the publisher does to its message later reaches nobody */
  constructor(
    private readonly kernel: Kernel,
    private readonly broker: Host,
    private readonly network: Network,
    private readonly copy: (message: Message) => Message,
  ) {}

  busFor(client: Host): Bus<Message> {
    const { kernel, broker, network, copy } = this;
    return {
      publish: (topic, message) => {
        const sent = copy(message);
        network.send(client, broker, () => {
          for (const subscription of this.topics.get(topic) ?? []) subscription.deliver(sent);
        });
      },
      subscribe: (topic, receive, listening = () => undefined) => {
        const subscribers = this.topics.get(topic) ?? new Set();
        this.topics.set(topic, subscribers);
        const hear = (message: Message): void => {
          receive(copy(message));
        };
        const subscription = new Subscription(kernel, network, broker, client, subscribers, hear, listening);
        subscription.join();
        return () => {
          subscription.leave();
        };
      },
    };
  }
}

/** One subscriber, for as long as its process lives. */
class Subscription<Message> {
  private isOver = false;
  private readonly forgetCrash: () => void;

  constructor(
    private readonly kernel: Kernel,
    private readonly network: Network,
    private readonly broker: Host,
    private readonly client: Host,
    private readonly subscribers: Set<Subscription<Message>>,
    private readonly hear: (message: Message) => void,
    private readonly listening: () => void,
  ) {
    this.forgetCrash = client.onCrash(() => {
      this.leave();
    });
  }

  /** Asks the broker until it hears; what is published before is missed. */
  join(): void {
    if (this.isOver) return;
    this.network.send(this.client, this.broker, () => {
      if (this.isOver || this.subscribers.has(this)) return;
      this.subscribers.add(this);
      // A broker that dies forgets who listened.
      this.broker.onCrash(() => {
        this.subscribers.delete(this);
        if (!this.isOver) this.joinLater();
      });
      this.network.send(this.broker, this.client, () => {
        if (!this.isOver) this.listening();
      });
    });
    this.joinLater();
  }

  deliver(message: Message): void {
    const times = this.network.duplicates() ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      this.network.send(this.broker, this.client, () => {
        if (!this.isOver) this.hear(message);
      });
    }
  }

  leave(): void {
    this.isOver = true;
    this.forgetCrash();
    this.subscribers.delete(this);
  }

  private joinLater(): void {
    this.kernel.schedule(this.client, RETRY_MS, () => {
      if (!this.subscribers.has(this)) this.join();
    });
  }
}

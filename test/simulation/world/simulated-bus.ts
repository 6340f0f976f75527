import type { BusCodec } from '../../../src/cluster/bus-codec.js';
import { NodeSubscribers } from '../../../src/cluster/node-subscribers.js';
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
  private readonly topics = new Map<string, Set<Subscription>>();

  /** @param outdated told, at the broker, of the cached keys a message makes outdated */
  constructor(
    private readonly kernel: Kernel,
    private readonly broker: Host,
    private readonly network: Network,
    private readonly codec: BusCodec<Message>,
    private readonly outdated: (keys: readonly string[]) => void,
  ) {}

  /** The bus as a process on this host has it: what it says itself it hears at once. */
  busFor(client: Host): Bus<Message> {
    const { broker, network, codec } = this;
    const subscribers = new NodeSubscribers<Message>((topic) => {
      const receive = (bytes: Uint8Array): void => {
        subscribers.tell(topic, codec.decode(bytes));
      };
      const subscription = this.subscribe(client, topic, receive, () => {
        subscribers.heard(topic);
      });
      return () => {
        subscription.leave();
      };
    });
    return {
      publish: (topic, message) => {
        subscribers.tell(topic, message);
        const bytes = codec.encode(message).slice();
        const keys = codec.invalidates(topic, message);
        network.send(client, broker, () => {
          this.outdated(keys);
          for (const subscription of this.topics.get(topic) ?? [])
            if (subscription.client !== client) subscription.deliver(bytes);
        });
      },
      subscribe: (topic, receive, listening) => subscribers.subscribe(topic, receive, listening),
    };
  }

  private subscribe(
    client: Host,
    topic: string,
    receive: (bytes: Uint8Array) => void,
    listening: () => void,
  ): Subscription {
    const subscribers = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, subscribers);
    const subscription = new Subscription(
      this.kernel,
      this.network,
      this.broker,
      client,
      subscribers,
      receive,
      listening,
    );
    subscription.join();
    return subscription;
  }
}

/** One topic of one process, for as long as it lives. */
class Subscription {
  private isOver = false;
  private readonly forgetCrash: () => void;

  constructor(
    private readonly kernel: Kernel,
    private readonly network: Network,
    private readonly broker: Host,
    readonly client: Host,
    private readonly subscribers: Set<Subscription>,
    private readonly receive: (bytes: Uint8Array) => void,
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

  deliver(bytes: Uint8Array): void {
    const times = this.network.duplicates() ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      this.network.send(this.broker, this.client, () => {
        if (!this.isOver) this.receive(bytes.slice());
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

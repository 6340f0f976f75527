import type { Bus } from '../runtime/index.js';

/** What a bus between nodes has to know of its messages. Pure; must not throw on what it made itself. */
export interface BusCodec<Message> {
  encode(message: Message): Uint8Array;
  /** The bytes are not copied: a message may keep parts of them. @throws when they are not a message */
  decode(bytes: Uint8Array): Message;
  /** Keys of the read cache whose value the message makes outdated; they are thrown away with the publishing. */
  invalidates(topic: string, message: Message): readonly string[];
}

/**
 * A bus between nodes. Subscribers on the publishing node hear a message before `publish`
 * returns, in the order of publishing. Those on other nodes hear it later, in the order of
 * its publisher, or not at all: messages carry their position, and whoever sees a gap asks
 * the owner. It never throws because of what is between the nodes.
 */
export interface ClusterBus<Message> extends Bus<Message> {
  /**
   * Calls `listening` whenever what other nodes publish on a topic begins to be heard: a
   * while after its first subscription, and after every outage. What they published before
   * may have been missed, the last message too, so that no gap will show it: ask the owner.
   * @returns ends it; idempotent
   */
  onListening(listening: (topic: string) => void): () => void;
}

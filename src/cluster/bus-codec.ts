/** What a bus between nodes has to know of its messages. Pure; must not throw on what it made itself. */
export interface BusCodec<Message> {
  encode(message: Message): Uint8Array;
  /** The bytes are not copied: a message may keep parts of them. @throws when they are not a message */
  decode(bytes: Uint8Array): Message;
  /** Keys of the read cache whose value the message makes outdated; they are thrown away with the publishing. */
  invalidates(topic: string, message: Message): readonly string[];
}

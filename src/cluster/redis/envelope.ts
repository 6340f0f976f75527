/** What goes round a message on its way: a format and who sent it. */
export interface Envelope {
  seal(message: Uint8Array): Buffer;
  /**
   * The message, sharing the payload's memory; `own` when this envelope sealed it;
   * `garbage` when none did.
   */
  open(payload: Buffer): Buffer | 'own' | 'garbage';
}

/** First byte of a payload; another one is another format, or not ours. */
const FORMAT = 1;

/** @param origin unlike that of every other bus; always of the same length */
export function openEnvelope(origin: string): Envelope {
  const head = Buffer.concat([Buffer.of(FORMAT), Buffer.from(origin)]);
  return {
    seal: (message) => Buffer.concat([head, message]),
    open(payload) {
      if (payload[0] !== FORMAT || payload.length < head.length) return 'garbage';
      const isOwn = payload.subarray(0, head.length).equals(head);
      return isOwn ? 'own' : payload.subarray(head.length);
    },
  };
}

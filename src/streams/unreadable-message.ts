import { SeatState, type SeatCounts } from '../../actors/screening/seat-state.js';
import type { Encoder } from '../transport/wire/index.js';
import { strictReader } from '../transport/wire/index.js';

/** Bytes of another node, or of the store that nodes share, that are not what they should be. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
}

/** The decoder of a message as ts-proto generates it. */
export interface Decoder<Message> extends Encoder<Message> {
  decode(reader: ReturnType<typeof strictReader>): Message;
}

/** Reads a message. It may keep parts of `bytes`. @throws UnreadableMessage */
export function readMessage<Message>(what: string, decoder: Decoder<Message>, bytes: Uint8Array): Message {
  try {
    return decoder.decode(strictReader(bytes));
  } catch (error) {
    throw new UnreadableMessage(`not ${what}`, { cause: error });
  }
}

/** Both are counted from 1. @throws UnreadableMessage */
export function checkPosition({ epoch, revision }: { readonly epoch: number; readonly revision: number }): void {
  if (epoch < 1 || revision < 1)
    throw new UnreadableMessage(`nothing was ever committed at epoch ${epoch}, revision ${revision}`);
}

/** @throws UnreadableMessage when one of them is the state of no seat */
export function checkStates(states: Uint8Array): void {
  for (const state of states) {
    if (state < SeatState.Free || state > SeatState.Blocked)
      throw new UnreadableMessage(`${state} is no state of a seat`);
  }
}

/** @throws UnreadableMessage when they are missing */
export function checkedCounts(counts: SeatCounts | undefined): SeatCounts {
  if (counts === undefined) throw new UnreadableMessage('the counts are missing');
  return counts;
}

import { GetSeatStatesResponse } from '../../proto/gen/cinema/cluster/v1/peer_service.js';
import { serializer } from '../transport/wire/index.js';
import type { OwnerState } from './owner-state.js';
import { checkedCounts, checkPosition, checkStates, readMessage } from './unreadable-message.js';

const write = serializer(GetSeatStatesResponse);

/** An owner's answer as bytes (GetSeatStatesResponse): between nodes, and in the read cache. */
export function encodeOwnerState({ epoch, revision, timeMs, states, counts }: OwnerState): Uint8Array {
  const message = { epoch, revision, changeTimeMs: timeMs, counts: { ...counts } };
  if (states === undefined) return write(message);
  return write({ ...message, states: Buffer.from(states.buffer, states.byteOffset, states.byteLength) });
}

/** The states are a part of `bytes`, not a copy. @throws UnreadableMessage */
export function decodeOwnerState(bytes: Uint8Array): OwnerState {
  const message = readMessage('an answer of an owner', GetSeatStatesResponse, bytes);
  const { epoch, revision, changeTimeMs: timeMs, states, counts } = message;
  checkPosition({ epoch, revision });
  if (states !== undefined) checkStates(states);
  return { epoch, revision, timeMs, states, counts: checkedCounts(counts) };
}

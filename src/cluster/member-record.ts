import type { Member, MemberState } from './member.js';

/** A member as its lease keeps it: JSON. Equal members have equal records. */
export function encodeMember(member: Member): string {
  const { nodeId, bootId, zone, weight, state, peerAddress, grpcAddress, httpAddress } = member;
  // In an order of our own: whether a record changed is decided by its text.
  return JSON.stringify({ nodeId, bootId, zone, weight, state, peerAddress, grpcAddress, httpAddress });
}

/**
 * The member of a record; undefined when a node of this program cannot have written it.
 * Fields it does not know are passed over: a newer version may say more.
 */
export function decodeMember(record: string): Member | undefined {
  const fields = parseObject(record);
  if (fields === undefined) return undefined;
  const { nodeId, bootId, zone, weight, state, peerAddress, grpcAddress, httpAddress } = fields;
  if (!isName(nodeId) || !isName(bootId) || typeof zone !== 'string') return undefined;
  if (!isWeight(weight) || !isState(state)) return undefined;
  if (!isName(peerAddress) || !isName(grpcAddress) || !isName(httpAddress)) return undefined;
  return { nodeId, bootId, zone, weight, state, peerAddress, grpcAddress, httpAddress };
}

function parseObject(record: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(record);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON, so not ours: the caller says whose it is
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isWeight = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 100;

const states: readonly MemberState[] = ['serving', 'draining', 'unfit'];

const isState = (value: unknown): value is MemberState => states.some((state) => state === value);

import type { Origin } from './events.js';
import { unitAt } from './unit-at.js';

/**
 * Names a request by its id and a 64-bit FNV-1a-like hash of its body, as two
 * independent halves. The hash only tells a repeated request from a reused id, so it
 * need not resist an attacker: whoever finds a collision gets their own first answer
 * again. Halves are signed: V8 keeps those inside the object.
 * @param parts the body; each is hashed with its end, so that ['a', 'b'] is not ['ab'].
 */
export function originOfRequest(requestId: string, parts: readonly string[]): Origin {
  let high = 0x811c9dc5 | 0;
  let low = 0xcbf29ce4 | 0;
  for (const part of parts) {
    const { length } = part;
    for (let index = 0; index <= length; index += 1) {
      const unit = index < length ? unitAt(part, index) : END_OF_PART;
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low ^ unit, 0x85ebca6b);
      low ^= low >>> 13;
    }
  }
  return { requestId, fingerprintHigh: high, fingerprintLow: low };
}

/** No UTF-16 unit has this value. */
const END_OF_PART = 0x10000;

export function sameBody(a: Origin, b: Origin): boolean {
  return a.fingerprintHigh === b.fingerprintHigh && a.fingerprintLow === b.fingerprintLow;
}

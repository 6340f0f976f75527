import type { Fingerprint } from './events.js';

/**
 * 64-bit FNV-1a-like hash of a request's body as two independent 32-bit halves. It
 * only tells a repeated request from a reused id, so it need not resist an attacker:
 * whoever finds a collision gets their own first answer again.
 */
export function fingerprint(body: string): Fingerprint {
  let high = 0x811c9dc5;
  let low = 0xcbf29ce4;
  for (let index = 0; index < body.length; index += 1) {
    const unit = body.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return { high: high >>> 0, low: low >>> 0 };
}

export function sameFingerprint(a: Fingerprint, b: Fingerprint): boolean {
  return a.high === b.high && a.low === b.low;
}

import type { Randomness } from '../../../src/runtime/ports.js';
import type { Prng } from '../../support/prng.js';

/** Tokens and jitter from the seed. */
export function hostRandomness(chance: Prng): Randomness {
  return {
    token() {
      const bytes = Buffer.alloc(16);
      for (let offset = 0; offset < bytes.length; offset += 4) bytes.writeUInt32BE(chance.bits(), offset);
      return bytes.toString('base64url');
    },
    fraction: () => chance.fraction(),
  };
}

/** A UUID4 from the seed: the request_id of a client. */
export function uuid(chance: Prng): string {
  const hex = Array.from({ length: 4 }, () => chance.bits().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

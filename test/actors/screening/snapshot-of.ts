import type { Screening } from '../../../actors/screening/screening.js';

/** The snapshot in one piece. */
export function snapshotOf(screening: Screening): Uint8Array {
  return Buffer.concat([...screening.snapshot()]);
}

import { z } from 'zod';
import { ms, whole } from './fields.js';

/** Live seat maps. */
export const streams = z.strictObject({
  frameIntervalMs: ms(0, 10_000)
    .default(50)
    .describe('Least time between two frames of a screening; changes in between are merged per seat'),
  progressIntervalMs: ms(50, 60_000)
    .default(3_000)
    .describe(
      'How often viewers are told where the stream is, and the owner is asked; a map whose owner does not answer for this long is marked stale. The seat page takes a socket for dead that is silent for twice this, and 20 s at least',
    ),
  ownerRetryMs: ms(1, 60_000)
    .default(50)
    .describe('First pause before an owner that did not answer is asked again; it doubles up to `progressIntervalMs`'),
  busAwayPollMs: ms(1, 60_000)
    .default(250)
    .describe(
      'How soon the owner is asked again after it told what Redis had not; it doubles while nothing happens, up to `progressIntervalMs`',
    ),
  resumeFrames: whole(0, 100_000)
    .default(1_000)
    .describe('Frames kept for viewers who come back: 50 s of the busiest screening'),
  resumeSeatChanges: whole(0, 10_000_000)
    .default(50_000)
    .describe('Seat changes kept for viewers who come back; bounds their memory'),
  replicasMax: whole(1, 1_000_000).default(5_000).describe('Most screenings with a live seat map on this node'),
  replicaIdleMs: ms(0).default(60_000).describe('A seat map nobody reads is kept this long'),
});

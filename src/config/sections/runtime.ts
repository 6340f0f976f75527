import { z } from 'zod';
import { ms, whole } from './fields.js';

/** Actors: mailboxes, turns, memory, snapshots. */
export const runtime = z.strictObject({
  mailboxLimit: whole(1, 1_000_000)
    .default(20_000)
    .describe('Most commands waiting for one screening; more are refused OVERLOADED. About one second of work'),
  turnBatchLimit: whole(1, 100_000)
    .default(1_000)
    .describe('Most commands of one turn; bounds the journal row and how long deciding holds up the node'),
  turnPaceMs: ms(0, 1_000)
    .default(2)
    .describe(
      'Longest time from the start of a busy turn to the next: fewer, larger commits near saturation; a screening with few callers never waits',
    ),
  ownershipProofMs: ms(0, 60_000)
    .default(1_000)
    .describe(
      'A seat map is told to other nodes only by an owner that has proved within this time that it still is one: bounds how old a map can be that a node shows which lost its screenings without noticing',
    ),
  residentsMax: whole(1, 1_000_000)
    .default(10_000)
    .describe('Most screenings in memory; the least recently used leaves first'),
  passivateAfterMs: ms(100).default(600_000).describe('A screening nobody asked for this long leaves memory'),
  recoveriesMax: whole(1, 1_000).default(8).describe('Recoveries, and final snapshots, under way at once'),
  activationBackoffMs: ms(1, 60_000)
    .default(100)
    .describe('After a failed activation the next is not tried for this long'),
  snapshotMinEvents: whole(1, 10_000_000)
    .default(1_000)
    .describe('No snapshot before this many events, or a tenth of them after `snapshotIntervalMs`'),
  snapshotIntervalMs: ms(100)
    .default(60_000)
    .describe('A screening that has changed a good deal is snapshotted after this long even when fewer events came'),
  wakeUpScanMs: ms(50)
    .default(5_000)
    .describe('How often the database is asked which screenings have holds about to expire'),
  wakeUpsPerScan: whole(1, 100_000).default(1_000).describe('Most screenings woken by one scan'),
});

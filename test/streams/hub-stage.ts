import { localBus, type Bus, type OwnerNotice } from '../../src/runtime/index.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import {
  StreamHub,
  type HubLimits,
  type OwnerState,
  type SeatFrame,
  type SeatStream,
} from '../../src/streams/index.js';
import { manualClock } from '../runtime/manual-clock.js';
import { change, counts, layout, states, timeOf } from './stage.js';

export const full = new Error('full');

/** A hub, an owner that tells the truth, and the bus between them. */
export function stage(limits: Partial<HubLimits> = {}, bus: Bus<OwnerNotice<SeatMapChange>> = localBus()) {
  const clock = manualClock();
  const owner = {
    epoch: 1,
    revision: 1,
    states: states(),
    away: undefined as Error | undefined,
    asked: [] as (number | undefined)[],
    askedAtMs: [] as number[],
    beforeAsking: () => Promise.resolve(),
    beforeAnswer: () => undefined as unknown,
  };
  let stale = false;
  const hub = new StreamHub(
    {
      bus,
      clock,
      loadLayout: () => Promise.resolve(layout),
      askOwner: async (_id, knownRevision): Promise<OwnerState> => {
        owner.asked.push(knownRevision);
        owner.askedAtMs.push(clock.monotonic());
        await owner.beforeAsking();
        if (owner.away !== undefined) throw owner.away;
        const { epoch, revision } = owner;
        const answer = {
          epoch,
          revision,
          timeMs: timeOf(revision),
          states: knownRevision === revision ? undefined : owner.states.slice(),
          counts: counts(owner.states),
        };
        owner.beforeAnswer();
        await Promise.resolve();
        return answer;
      },
      isStale: () => stale,
      full: () => full,
      late: () => new Error('too late'),
    },
    {
      frameIntervalMs: 50,
      progressIntervalMs: 1_000,
      ownerRetryMs: 50,
      busAwayPollMs: 100,
      resumeFrames: 10,
      resumeSeatChanges: 100,
      replicasMax: 2,
      replicaIdleMs: 5_000,
      ...limits,
    },
  );
  /** A turn of the owner; told unless the bus loses it. */
  const happen = (seats: Parameters<typeof change>[1], { lost = false } = {}): void => {
    owner.revision += 1;
    for (const [seat, state] of Object.entries(seats)) owner.states[Number(seat)] = state;
    const { epoch, revision } = owner;
    if (!lost)
      bus.publish('s', { epoch, revision, change: { ...change(revision, seats), counts: counts(owner.states) } });
  };
  const view = async (): Promise<{ stream: SeatStream; frames: SeatFrame[] }> => {
    const stream = await hub.open('s', Infinity);
    const frames: SeatFrame[] = [];
    stream.onFrame((frame) => frames.push(frame));
    return { stream, frames };
  };
  return { clock, bus, owner, hub, happen, view, setStale: (value: boolean) => (stale = value) };
}

/** The deltas among frames: from, to, and the seats with their states. */
export const deltas = (frames: readonly SeatFrame[]) =>
  frames.flatMap((frame) =>
    frame.kind === 'delta'
      ? [
          [
            frame.previousRevision,
            frame.revision,
            Object.fromEntries(frame.seats.map((seat, at) => [seat, frame.states[at]])),
          ] as const,
        ]
      : [],
  );

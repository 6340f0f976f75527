import type { SeatLayout } from '../../actors/screening/seat-layout.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import type { Bus, Clock, OwnerNotice, Timer } from '../runtime/index.js';
import { encodeResumeToken } from './resume-token.js';
import { ScreeningStream, type OwnerState, type StreamLimits } from './screening-stream.js';
import { SeatMapReplica } from './seat-map-replica.js';
import type { SeatStream, SeatStreams } from './seat-stream.js';

export interface HubLimits extends StreamLimits {
  /** Most screenings with a replica on this node; idle ones leave first. */
  readonly replicasMax: number;
  /** A replica nobody reads is kept this long, for the viewer who comes back. */
  readonly replicaIdleMs: number;
}

export interface HubPorts {
  readonly bus: Bus<OwnerNotice<SeatMapChange>>;
  readonly clock: Clock;
  readonly loadLayout: (screeningId: string) => Promise<SeatLayout>;
  /** Asks the screening's owner; rejects with the ApiError the caller is to be told. */
  readonly askOwner: (
    screeningId: string,
    knownRevision: number | undefined,
    deadlineMs: number,
  ) => Promise<OwnerState>;
  /** True while the database does not confirm commits. */
  readonly isStale: () => boolean;
  /** The error for a node that is full. */
  readonly full: () => Error;
  /** The error for a caller whose deadline passed while its stream was opened. */
  readonly late: () => Error;
}

/** How long a replica may take to get its first state, whoever waits for it. */
const OPENING_TIMEOUT_MS = 10_000;

interface Entry {
  readonly opening: Promise<{ readonly stream: ScreeningStream; readonly unsubscribe: () => void }>;
  users: number;
  idleTimer: Timer | undefined;
}

/** The live seat maps of this node: one replica and one stream per screening, however many viewers. */
export class StreamHub implements SeatStreams {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly ports: HubPorts,
    private readonly limits: HubLimits,
  ) {}

  async open(screeningId: string, deadlineMs: number): Promise<SeatStream> {
    const entry = this.entries.get(screeningId) ?? this.start(screeningId);
    entry.users += 1;
    entry.idleTimer?.cancel();
    entry.idleTimer = undefined;
    try {
      return this.handle(screeningId, entry, (await this.inTime(entry.opening, deadlineMs)).stream);
    } catch (error) {
      this.leave(screeningId, entry);
      throw error;
    }
  }

  /** Screenings with a replica here. */
  get size(): number {
    return this.entries.size;
  }

  /** Asks every screening's owner for what was missed: after an outage a commit may have happened that nobody told of. */
  catchUp(): void {
    for (const { opening } of this.entries.values()) {
      opening.then(
        ({ stream }) => {
          stream.missed();
        },
        // Whoever opens it is told why it failed.
        () => undefined,
      );
    }
  }

  /** Idempotent. */
  close(): void {
    for (const [screeningId, entry] of this.entries) this.forget(screeningId, entry);
  }

  private handle(screeningId: string, entry: Entry, stream: ScreeningStream): SeatStream {
    const leaves = new Set<() => void>();
    let released = false;
    return {
      screeningId,
      view: () => stream.view(),
      opening: (resumeToken) => stream.opening(resumeToken),
      onFrame: (receive) => {
        const leave = stream.onFrame(receive);
        leaves.add(leave);
        return () => {
          leaves.delete(leave);
          leave();
        };
      },
      resumeToken: (at) => encodeResumeToken({ screeningId, ...at }),
      release: () => {
        if (released) return;
        released = true;
        for (const leave of leaves) leave();
        this.leave(screeningId, entry);
      },
    };
  }

  /** The caller who opens a replica waits no longer than it wants to; the replica is opened all the same, for the next. */
  private inTime<Result>(opening: Promise<Result>, deadlineMs: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = this.ports.clock.after(deadlineMs - this.ports.clock.now(), () => {
        reject(this.ports.late());
      });
      opening.then(resolve, reject).finally(() => {
        timer.cancel();
      });
    });
  }

  private start(screeningId: string): Entry {
    if (this.entries.size >= this.limits.replicasMax && !this.forgetIdle()) throw this.ports.full();
    const entry: Entry = { opening: this.replicate(screeningId), users: 0, idleTimer: undefined };
    this.entries.set(screeningId, entry);
    entry.opening.catch(() => {
      if (this.entries.get(screeningId) === entry) this.entries.delete(screeningId);
    });
    return entry;
  }

  /** Listens first and asks second: what is told in between is applied on top, or known already. */
  private async replicate(screeningId: string): Promise<Awaited<Entry['opening']>> {
    const early: OwnerNotice<SeatMapChange>[] = [];
    let deliver = (notice: OwnerNotice<SeatMapChange>): void => void early.push(notice);
    const unsubscribe = this.ports.bus.subscribe(screeningId, (notice) => {
      deliver(notice);
    });
    try {
      const replica = new SeatMapReplica(await this.ports.loadLayout(screeningId));
      const state = await this.ports.askOwner(screeningId, undefined, this.ports.clock.now() + OPENING_TIMEOUT_MS);
      if (state.states === undefined) throw new RangeError('an owner asked for everything sent nothing');
      replica.replace(state.epoch, state.revision, state.states, state.counts);
      const ask = (knownRevision: number): Promise<OwnerState> =>
        this.ports.askOwner(screeningId, knownRevision, this.ports.clock.now() + this.limits.progressIntervalMs);
      const stream = new ScreeningStream(screeningId, replica, ask, this.ports.isStale, this.ports.clock, this.limits);
      deliver = (notice) => {
        stream.notice(notice);
      };
      for (const notice of early) stream.notice(notice);
      return { stream, unsubscribe };
    } catch (error) {
      unsubscribe();
      throw error;
    }
  }

  private leave(screeningId: string, entry: Entry): void {
    entry.users -= 1;
    if (entry.users > 0 || this.entries.get(screeningId) !== entry) return;
    entry.idleTimer = this.ports.clock.after(this.limits.replicaIdleMs, () => {
      this.forget(screeningId, entry);
    });
  }

  /** Makes room by letting the replica go that has been idle longest. */
  private forgetIdle(): boolean {
    for (const [screeningId, entry] of this.entries) {
      if (entry.users > 0) continue;
      this.forget(screeningId, entry);
      return true;
    }
    return false;
  }

  private forget(screeningId: string, entry: Entry): void {
    entry.idleTimer?.cancel();
    this.entries.delete(screeningId);
    entry.opening.then(
      ({ stream, unsubscribe }) => {
        unsubscribe();
        stream.close();
      },
      () => undefined,
    );
  }
}

import type { Timer } from '../runtime/index.js';
import { inTime } from './in-time.js';
import { Replication, type ReplicationPorts } from './replication.js';
import { encodeResumeToken } from './resume-token.js';
import type { ScreeningStream, StreamLimits } from './screening-stream.js';
import type { SeatMapView, SeatStream, SeatStreams } from './seat-stream.js';

export interface HubLimits extends StreamLimits {
  /** Most screenings with a replica on this node; idle ones leave first. */
  readonly replicasMax: number;
  /** A replica nobody reads is kept this long, for the viewer who comes back. */
  readonly replicaIdleMs: number;
}

export interface HubPorts extends ReplicationPorts {
  /** The error for a node that is full. */
  readonly full: () => Error;
  /** The error for a caller whose deadline passed while its stream was opened. */
  readonly late: () => Error;
}

interface Entry {
  readonly replication: Replication;
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
      return this.handle(screeningId, entry, await inTime(entry.replication.opened, deadlineMs, this.ports));
    } catch (error) {
      this.leave(screeningId, entry);
      throw error;
    }
  }

  /**
   * The replica of a screening, if there is one here that is open. `isCurrent`: it was
   * where its owner is within the last progressIntervalMs. Does not keep it from being let go.
   */
  peek(screeningId: string): { readonly view: SeatMapView; readonly isCurrent: boolean } | undefined {
    const stream = this.entries.get(screeningId)?.replication.stream;
    return stream === undefined ? undefined : { view: stream.view(), isCurrent: stream.isCurrent };
  }

  /** Screenings with a replica here. */
  get size(): number {
    return this.entries.size;
  }

  /** Asks every screening's owner for what was missed: after an outage a commit may have happened that nobody told of. */
  catchUp(): void {
    for (const { replication } of this.entries.values()) replication.missed();
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
      reach: async (resumeToken, deadlineMs) => {
        if (!(await stream.reach(resumeToken, deadlineMs))) throw this.ports.late();
      },
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

  private start(screeningId: string): Entry {
    if (this.entries.size >= this.limits.replicasMax && !this.forgetIdle()) throw this.ports.full();
    const replication = new Replication(screeningId, this.ports, this.limits);
    const entry: Entry = { replication, users: 0, idleTimer: undefined };
    this.entries.set(screeningId, entry);
    replication.opened.catch(() => {
      this.forget(screeningId, entry);
    });
    return entry;
  }

  private leave(screeningId: string, entry: Entry): void {
    entry.users -= 1;
    if (entry.users > 0 || this.entries.get(screeningId) !== entry) return;
    // Behind those that are idle already: the first of them goes first.
    this.entries.delete(screeningId);
    this.entries.set(screeningId, entry);
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

  /** Another entry of this screening, made since, stays. */
  private forget(screeningId: string, entry: Entry): void {
    entry.idleTimer?.cancel();
    if (this.entries.get(screeningId) === entry) this.entries.delete(screeningId);
    entry.replication.close();
  }
}

import type { SeatLayout } from '../../actors/screening/seat-layout.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import type { Bus, Clock, OwnerNotice } from '../runtime/index.js';
import { isWhole, type OwnerState } from './owner-state.js';
import { ScreeningStream, type StreamLimits } from './screening-stream.js';
import { SeatMapReplica } from './seat-map-replica.js';

export interface ReplicationPorts {
  readonly bus: Bus<OwnerNotice<SeatMapChange>>;
  readonly clock: Clock;
  readonly loadLayout: (screeningId: string) => Promise<SeatLayout>;
  /**
   * Asks the screening's owner; rejects with the ApiError the caller is to be told.
   * @param knownRevision undefined: everything is wanted.
   */
  readonly askOwner: (
    screeningId: string,
    knownRevision: number | undefined,
    deadlineMs: number,
  ) => Promise<OwnerState>;
  /** True while the database does not confirm commits. */
  readonly isStale: () => boolean;
}

/** How long a first state may take to come, whoever waits for it. */
export const OPENING_TIMEOUT_MS = 10_000;

/**
 * A screening's stream on this node with what feeds it, from the moment somebody wants it.
 *
 * The first state is asked for at once, and the bus is listened to meanwhile: what is
 * told in between is applied on top, or known already. Should hearing begin only after
 * the question was asked, the owner is asked again; to wait for it would leave viewers
 * without a map while the bus is away.
 */
export class Replication {
  /** Rejects as loadLayout and askOwner do. */
  readonly opened: Promise<ScreeningStream>;
  private open: ScreeningStream | undefined;
  private early: OwnerNotice<SeatMapChange>[] = [];
  /** How often something was told, or may have been, that is not in `early`. */
  private misses = 0;
  private isClosed = false;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly screeningId: string,
    private readonly ports: ReplicationPorts,
    private readonly limits: StreamLimits,
  ) {
    this.unsubscribe = ports.bus.subscribe(
      screeningId,
      (notice) => {
        this.notice(notice);
      },
      () => {
        this.missed();
      },
    );
    this.opened = this.start();
    this.opened.then(
      (stream) => {
        if (this.isClosed) stream.close();
      },
      () => {
        this.close();
      },
    );
  }

  /** Undefined before it is open. */
  get stream(): ScreeningStream | undefined {
    return this.open;
  }

  /** Something was missed, or may have been. */
  missed(): void {
    if (this.open === undefined) this.misses += 1;
    else this.open.missed();
  }

  /** Idempotent. */
  close(): void {
    this.isClosed = true;
    this.unsubscribe();
    this.open?.close();
  }

  private notice(notice: OwnerNotice<SeatMapChange>): void {
    if (this.open !== undefined) this.open.notice(notice);
    else if (this.early.length < this.limits.resumeFrames) this.early.push(notice);
    else this.misses += 1;
  }

  private async start(): Promise<ScreeningStream> {
    const { screeningId, ports, limits } = this;
    const replica = new SeatMapReplica(await ports.loadLayout(screeningId));
    const missesBefore = this.misses;
    const state = await ports.askOwner(screeningId, undefined, ports.clock.now() + OPENING_TIMEOUT_MS);
    if (!isWhole(state, replica.layout))
      throw new RangeError('an owner that was asked for everything sent something else');
    replica.replace(state);
    const ask = (knownRevision: number): Promise<OwnerState> =>
      ports.askOwner(screeningId, knownRevision, ports.clock.now() + limits.progressIntervalMs);
    const stream = new ScreeningStream(screeningId, replica, ask, ports.isStale, ports.clock, limits);
    this.open = stream;
    for (const notice of this.early) stream.notice(notice);
    this.early = [];
    if (this.misses > missesBefore) stream.missed();
    return stream;
  }
}

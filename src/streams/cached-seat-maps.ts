import { LRUCache } from 'lru-cache';
import type { SeatLayout } from '../../actors/screening/seat-layout.js';
import type { ReadCache } from '../cluster/ports.js';
import { seatMapKey } from './cache-keys.js';
import { inTime } from './in-time.js';
import { isWhole, type WholeState } from './owner-state.js';
import { decodeOwnerState, encodeOwnerState } from './owner-state-codec.js';
import { OPENING_TIMEOUT_MS, type ReplicationPorts } from './replication.js';
import type { SeatMapReader } from './seat-map-reader.js';
import type { SeatMapView } from './seat-stream.js';
import type { StreamHub } from './stream-hub.js';
import { UnreadableMessage } from './unreadable-message.js';

export interface CachedSeatMapPorts extends Omit<ReplicationPorts, 'bus'> {
  readonly hub: Pick<StreamHub, 'peek'>;
  readonly cache: ReadCache;
  /** The error for a caller whose deadline passed. */
  readonly late: () => Error;
  /** The error for a caller whose screening only a former owner answers for; it may ask again. */
  readonly moving: () => Error;
  /** Told of every value of the cache that no node of this cluster can have written. */
  readonly unreadable: (key: string, error: UnreadableMessage) => void;
}

export interface CachedSeatMapLimits {
  /** Screenings whose newest position that was read here is remembered. */
  readonly rememberedReadsMax: number;
}

interface Position {
  readonly epoch: number;
  readonly revision: number;
}

/**
 * Seat maps in a cluster: from this node's replica while that is where its owner is, else
 * from the cache nodes share, else from the owner, and then into the cache. However many
 * read a screening at once, its owner is asked once: readers must not queue behind buyers.
 */
export class CachedSeatMaps implements SeatMapReader {
  /** The newest map that was shown of each screening: what others keep may be older. */
  private readonly shown: LRUCache<string, Position>;
  private readonly underWay = new Map<string, Promise<WholeState>>();

  constructor(
    private readonly ports: CachedSeatMapPorts,
    limits: CachedSeatMapLimits,
  ) {
    this.shown = new LRUCache({ max: limits.rememberedReadsMax });
  }

  async read<Result>(screeningId: string, deadlineMs: number, see: (view: SeatMapView) => Result): Promise<Result> {
    const replica = this.ports.hub.peek(screeningId);
    // One that says it is stale is asking already: readers need not wait for the same.
    const isGood = replica !== undefined && (replica.isCurrent || replica.view.stale);
    if (isGood && !this.isOld(screeningId, replica.view)) return this.show(replica.view, see);
    const layout = await this.ports.loadLayout(screeningId);
    let state;
    try {
      state = await inTime(this.stateOf(screeningId, layout), deadlineMs, this.ports);
    } catch (error) {
      // Reads from memory go on. It may have caught up meanwhile.
      const last = this.ports.hub.peek(screeningId);
      if (last === undefined || this.isOld(screeningId, last.view)) throw error;
      return this.show(last.isCurrent ? last.view : { ...last.view, stale: true }, see);
    }
    return this.show({ screeningId, layout, ...state, stale: this.ports.isStale() }, see);
  }

  private show<Result>(view: SeatMapView, see: (view: SeatMapView) => Result): Result {
    const { screeningId, epoch, revision } = view;
    if (!this.isOld(screeningId, view)) this.shown.set(screeningId, { epoch, revision });
    return see(view);
  }

  /** Somebody was shown a newer one. */
  private isOld(screeningId: string, { epoch, revision }: Position): boolean {
    const shown = this.shown.get(screeningId);
    return shown !== undefined && (epoch < shown.epoch || revision < shown.revision);
  }

  private stateOf(screeningId: string, layout: SeatLayout): Promise<WholeState> {
    const underWay = this.underWay.get(screeningId);
    if (underWay !== undefined) return underWay;
    const finding = this.find(screeningId, layout).finally(() => this.underWay.delete(screeningId));
    this.underWay.set(screeningId, finding);
    return finding;
  }

  private async find(screeningId: string, layout: SeatLayout): Promise<WholeState> {
    const { cache, clock } = this.ports;
    const key = seatMapKey(screeningId);
    const found = await cache.read(key);
    if (found?.kind === 'hit') {
      const cached = this.readable(key, found.value, layout);
      if (cached !== undefined && !this.isOld(screeningId, cached)) return cached;
    }
    const state = await this.ports.askOwner(screeningId, undefined, clock.now() + OPENING_TIMEOUT_MS);
    if (!isWhole(state, layout)) throw new RangeError('an owner that was asked for everything sent something else');
    if (this.isOld(screeningId, state)) throw this.ports.moving();
    // Not awaited: the reader has what it wants. It never rejects.
    if (found?.kind === 'miss') void cache.write(key, found.token, encodeOwnerState(state));
    return state;
  }

  private readable(key: string, value: Uint8Array, layout: SeatLayout): WholeState | undefined {
    try {
      const state = decodeOwnerState(value);
      if (isWhole(state, layout)) return state;
      throw new UnreadableMessage('a seat map of another hall');
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error;
      this.ports.unreadable(key, error);
      return undefined;
    }
  }
}

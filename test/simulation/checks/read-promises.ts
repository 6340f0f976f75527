import { isDeepStrictEqual } from 'node:util';
import type { Answer, Asked } from '../scenario/asked.js';
import { bookingAt } from './answers.js';
import type { ScreeningHistory } from './screening-history.js';
import { must } from './violation.js';

/** One reader's question to one boot of a node. */
export interface Reading {
  readonly bootId: string;
  readonly arrivedMs: number;
  /** Newest revision of the screening this boot had shown anybody when it arrived. */
  readonly shownRevision: number;
  /** Moments, by screening, that the buyer had been told of by this boot when it arrived. */
  readonly toldMoments: ReadonlyMap<string, number>;
}

export interface ReadLimits {
  /** Undefined where nothing is kept: reads are then of the moment. */
  readonly cacheTtlMs: number | undefined;
  /** Whether somebody sets the clock by which entries run out: then they may live for ever. */
  readonly cacheClockSteps: boolean;
}

interface Told {
  readonly moment: number;
  readonly atMs: number;
}

/**
 * What nodes promise of reads that need not be of the moment: a node never shows an older
 * map than before, has what it told a buyer in the buyer's list, and everything else there
 * within twice the time a cache keeps it. Times are true times, in ms.
 */
export class ReadPromises {
  private readonly shown = new Map<string, number>();
  private readonly told = new Map<string, Map<string, Told>>();

  constructor(
    private readonly histories: ReadonlyMap<string, ScreeningHistory>,
    private readonly limits: ReadLimits,
  ) {}

  /** A question arrives. */
  arrived(bootId: string, { screeningId, buyerId }: Asked, nowMs: number): Reading {
    return {
      bootId,
      arrivedMs: nowMs,
      shownRevision: this.shown.get(`${bootId} ${screeningId}`) ?? 0,
      toldMoments: this.toldBy(bootId, buyerId, nowMs),
    };
  }

  /** It is answered. @throws Violation */
  answered(reading: Reading, asked: Asked, answer: Answer, nowMs: number): void {
    if (answer.kind === 'seat-map') this.checkMap(reading, asked, answer.revision);
    if (answer.kind === 'bookings') this.checkList(reading, asked.buyerId, answer.bookings);
    if ('requestId' in asked.what && (answer.kind === 'booking' || answer.kind === 'booking-cancelled'))
      this.note(reading.bootId, asked, asked.what.requestId, nowMs);
  }

  private note(bootId: string, { screeningId, buyerId }: Asked, requestId: string, atMs: number): void {
    const moment = this.histories.get(screeningId)?.effectOf(buyerId, requestId)?.moment ?? 0;
    const key = `${bootId} ${buyerId}`;
    const told = this.told.get(key) ?? new Map<string, Told>();
    this.told.set(key, told);
    if (moment >= (told.get(screeningId)?.moment ?? 0)) told.set(screeningId, { moment, atMs });
  }

  private toldBy(bootId: string, buyerId: string, nowMs: number): ReadonlyMap<string, number> {
    const { cacheTtlMs = 0, cacheClockSteps } = this.limits;
    // For so long the node does not ask the cache; after that it trusts that entries have run out.
    const holdsMs = cacheClockSteps ? cacheTtlMs : Infinity;
    const told = [...(this.told.get(`${bootId} ${buyerId}`) ?? [])];
    return new Map(told.flatMap(([id, { moment, atMs }]) => (nowMs - atMs <= holdsMs ? [[id, moment]] : [])));
  }

  private checkMap({ bootId, shownRevision }: Reading, { screeningId }: Asked, revision: number): void {
    const key = `${bootId} ${screeningId}`;
    const isKept = this.limits.cacheTtlMs !== undefined;
    must(!isKept || revision >= shownRevision, () => {
      return `${bootId} shows a map at r${String(revision)} and had shown r${String(shownRevision)} before`;
    });
    this.shown.set(key, Math.max(revision, this.shown.get(key) ?? 0));
  }

  private checkList(
    reading: Reading,
    buyerId: string,
    listed: Extract<Answer, { kind: 'bookings' }>['bookings'],
  ): void {
    for (const { screeningId, booking } of listed) {
      const history = this.histories.get(screeningId);
      must(history?.bookings.get(booking.bookingId)?.buyerId === buyerId, () => {
        return `a list names booking ${booking.bookingId}, which is not the buyer's`;
      });
    }
    for (const history of this.histories.values()) {
      const floor = Math.max(
        this.floorOf(history, reading.arrivedMs),
        reading.toldMoments.get(history.screeningId) ?? 0,
      );
      for (const { bookingId, buyerId: owner, terms } of history.bookings.values()) {
        if (owner !== buyerId) continue;
        const entry = listed.find(({ booking }) => booking.bookingId === bookingId);
        const isExplained =
          entry === undefined ? terms.at(floor) === undefined : wasSo(history, bookingId, entry.booking, floor);
        must(isExplained, () => {
          const seen = entry === undefined ? 'lacks it' : `has ${JSON.stringify(entry.booking)}`;
          return `the list of ${buyerId} is older than moment ${String(floor)}: of booking ${bookingId} it ${seen}`;
        });
      }
    }
  }

  /** The moment a list must have caught up with. */
  private floorOf(history: ScreeningHistory, arrivedMs: number): number {
    const { cacheTtlMs = 0, cacheClockSteps } = this.limits;
    return cacheClockSteps ? 0 : history.momentAt(arrivedMs - 2 * cacheTtlMs);
  }
}

function wasSo(history: ScreeningHistory, bookingId: string, booking: unknown, floor: number): boolean {
  for (let moment = floor; moment <= history.moment; moment += 1) {
    if (history.bookings.get(bookingId)?.terms.at(moment) === undefined) continue;
    if (isDeepStrictEqual(booking, bookingAt(history, bookingId, moment))) return true;
  }
  return false;
}

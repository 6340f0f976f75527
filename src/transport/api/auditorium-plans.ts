import { LRUCache } from 'lru-cache';
import type { PlanSeat, SeatingPlan } from '../../../actors/auditorium/seating-plan.js';
import { seatLayout, type SeatLayout } from '../../../actors/screening/seat-layout.js';
import type { Catalogue, ScreeningRow } from './catalogue.js';

/** A plan ready for use, shared by every screening in the auditorium. */
export interface AuditoriumPlan {
  readonly plan: SeatingPlan;
  readonly layout: SeatLayout;
}

/** Where a screening takes place; never changes. */
export type ScreeningPlace = Pick<ScreeningRow, 'screeningId' | 'auditoriumId' | 'capacity' | 'createTimeMs'>;

/** Seating plans and places by screening, cached: they never change once stored. */
export interface AuditoriumPlans {
  /** Undefined when there is no such auditorium. @throws StorageUnavailable */
  plan(auditoriumId: string): Promise<AuditoriumPlan | undefined>;
  /** Undefined when there is no such screening. @throws StorageUnavailable */
  place(screeningId: string): Promise<ScreeningPlace | undefined>;
  /** The seats of a screening; undefined when there is no such screening. @throws StorageUnavailable */
  layout(screeningId: string): Promise<SeatLayout | undefined>;
}

export interface PlanCacheLimits {
  /** Most seats of all cached plans together. */
  readonly cachedPlanSeatsMax: number;
  /** Most screenings whose place is remembered. */
  readonly cachedPlacesMax: number;
}

/** Whoever waits for an entry gets it, although others have pushed it out before it came. */
const KEEP_FETCHING = { ignoreFetchAbort: true };

export function auditoriumPlans(
  catalogue: Pick<Catalogue, 'loadSeatingPlan' | 'getScreening'>,
  readPlan: (text: string) => SeatingPlan,
  limits: PlanCacheLimits,
): AuditoriumPlans {
  const plans = new LRUCache<string, AuditoriumPlan>({
    ...KEEP_FETCHING,
    maxSize: limits.cachedPlanSeatsMax,
    sizeCalculation: ({ plan }) => plan.seats.length,
    fetchMethod: async (auditoriumId) => {
      const text = await catalogue.loadSeatingPlan(auditoriumId);
      if (text === undefined) return undefined;
      const plan = readPlan(text);
      return { plan, layout: seatLayout(plan.seats.map(({ seatId }: PlanSeat) => seatId)) };
    },
  });
  const places = new LRUCache<string, ScreeningPlace>({
    ...KEEP_FETCHING,
    max: limits.cachedPlacesMax,
    fetchMethod: async (screeningId) => {
      const row = await catalogue.getScreening(screeningId);
      if (row === undefined) return undefined;
      const { auditoriumId, capacity, createTimeMs } = row;
      return { screeningId, auditoriumId, capacity, createTimeMs };
    },
  });
  const plan = (auditoriumId: string): Promise<AuditoriumPlan | undefined> => plans.fetch(auditoriumId);
  const place = (screeningId: string): Promise<ScreeningPlace | undefined> => places.fetch(screeningId);
  return {
    plan,
    place,
    async layout(screeningId) {
      const found = await place(screeningId);
      return found === undefined ? undefined : (await plan(found.auditoriumId))?.layout;
    },
  };
}

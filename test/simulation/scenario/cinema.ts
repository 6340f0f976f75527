import type { SeatingPlan } from '../../../actors/auditorium/seating-plan.js';
import { categorySeats } from '../../../actors/auditorium/category-seats.js';
import { seatingPlanText } from '../../../actors/auditorium/seating-plan-text.js';
import { encodeTurn } from '../../../actors/screening/codec.js';
import { seatLayout, type SeatLayout } from '../../../actors/screening/seat-layout.js';
import type { Storage } from '../../../src/storage/storage.js';
import { EPOCH_MS } from '../kernel/host-clock.js';
import type { Prng } from '../../support/prng.js';
import type { Plan } from './plan.js';

const AUDITORIUM = 'hall';

/** What is on: ids of screenings, and the seats they all have. */
export interface Programme {
  readonly screeningIds: readonly string[];
  readonly layout: SeatLayout;
}

/** Puts an auditorium and its screenings into an empty database. */
export async function openCinema(plan: Plan, chance: Prng, { catalogue }: Storage): Promise<Programme> {
  const seatIds = Array.from({ length: plan.seats }, (_, index) => `A${String(index + 1)}`);
  const seatingPlan = seatingPlanOf(seatIds);
  await catalogue.createAuditorium({
    auditoriumId: AUDITORIUM,
    name: seatingPlan.name,
    capacity: seatIds.length,
    categories: categorySeats(seatingPlan),
    createTimeMs: EPOCH_MS - 1,
    requestId: 'auditorium',
    fingerprint: '',
    seatingPlan: seatingPlanText(seatingPlan),
  });
  const screeningIds = Array.from({ length: plan.screenings }, (_, index) => `s${String(index + 1)}`);
  for (const screeningId of screeningIds) {
    const createTimeMs = EPOCH_MS - 10_000;
    const terms = {
      title: screeningId,
      startsAtMs: EPOCH_MS + 3_600_000,
      salesOpenAtMs: EPOCH_MS - 3_600_000,
      salesCloseAtMs: EPOCH_MS + (chance.chance(0.1) ? Math.round(plan.troubleMs / 2) : 3_600_000),
      maxSeatsPerRequest: 4,
      maxSeatsPerBuyer: chance.pick([2, 4, 20]) + 2,
      holdTtlMs: 2_000,
      holdLifetimeMaxMs: 6_000,
    };
    const blockedSeats = chance.chance(0.3) ? [0] : [];
    const firstTurn = encodeTurn(createTimeMs, [{ kind: 'screening-created', terms, blockedSeats }]);
    await catalogue.createScreening({
      screeningId,
      auditoriumId: AUDITORIUM,
      capacity: seatIds.length,
      terms,
      createTimeMs,
      requestId: screeningId,
      fingerprint: '',
      firstTurn,
    });
  }
  return { screeningIds, layout: seatLayout(seatIds) };
}

function seatingPlanOf(seatIds: readonly string[]): SeatingPlan {
  return {
    name: 'Hall',
    size: { width: 100, height: 100 },
    categories: [{ name: 'stalls', color: '#aa0000' }],
    seats: seatIds.map((seatId, index) => ({
      seatId,
      zone: '',
      row: 'A',
      number: String(index + 1),
      x: index,
      y: 0,
      category: 0,
      wheelchair: false,
    })),
  };
}

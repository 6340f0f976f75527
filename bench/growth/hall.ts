import { readFile } from 'node:fs/promises';
import { parseSeatingPlanBytes } from '../../actors/auditorium/parse-seating-plan-bytes.js';
import { seatLayout, type SeatLayout } from '../../actors/screening/seat-layout.js';
import { demoAuditoriums } from '../../src/demo/demo-programme.js';
import { syntheticPlan } from '../node/synthetic-plan.js';

/** An auditorium to sell. */
export interface Hall {
  readonly seatingPlanJson: Buffer;
  /** Journals name a seat by its place in it. */
  readonly layout: SeatLayout;
}

/** The real venue of exactly so many seats; where there is none, one big block. */
export async function hallOf(seats: number): Promise<Hall> {
  return (await realHallOf(seats)) ?? hallFrom(Buffer.from(syntheticPlan(seats)));
}

/** Undefined where none of exactly so many seats is known. */
export async function realHallOf(seats: number): Promise<Hall | undefined> {
  const halls = await Promise.all(
    demoAuditoriums.map(async ({ seatingPlan }) => hallFrom(await readFile(seatingPlan))),
  );
  return halls.find(({ layout }) => layout.capacity === seats);
}

function hallFrom(seatingPlanJson: Buffer): Hall {
  const parsed = parseSeatingPlanBytes(seatingPlanJson, { seatsMax: Number.MAX_SAFE_INTEGER });
  if (parsed.kind === 'faults') throw new Error(`a seating plan: ${JSON.stringify(parsed.faults)}`);
  return { seatingPlanJson, layout: seatLayout(parsed.plan.seats.map(({ seatId }) => seatId)) };
}

import { readFile } from 'node:fs/promises';
import { parseSeatingPlanBytes } from '../../actors/auditorium/parse-seating-plan-bytes.js';
import { demoAuditoriums } from '../../src/demo/demo-programme.js';
import { syntheticPlan } from '../node/synthetic-plan.js';

/** An auditorium to sell. */
export interface Hall {
  /** Whether it exists outside this benchmark. */
  readonly isReal: boolean;
  readonly seatingPlanJson: Uint8Array;
  /** In plan order: journals name a seat by its place in it. */
  readonly seatIds: readonly string[];
}

/** The real venue of exactly so many seats; where there is none, one big block. */
export async function hallOf(seats: number): Promise<Hall> {
  for (const { seatingPlan } of demoAuditoriums) {
    const hall = hallFrom(await readFile(seatingPlan), true);
    if (hall.seatIds.length === seats) return hall;
  }
  return hallFrom(Buffer.from(syntheticPlan(seats)), false);
}

function hallFrom(seatingPlanJson: Uint8Array, isReal: boolean): Hall {
  const parsed = parseSeatingPlanBytes(seatingPlanJson, { seatsMax: Number.MAX_SAFE_INTEGER });
  if (parsed.kind === 'faults') throw new Error(`a seating plan: ${JSON.stringify(parsed.faults)}`);
  return { isReal, seatingPlanJson, seatIds: parsed.plan.seats.map(({ seatId }) => seatId) };
}

import { randomUUID } from 'node:crypto';
import { CreateAuditoriumRequest, CreateScreeningRequest } from '../proto/gen/cinema/boxoffice/v1/screening_service.js';
import { syntheticPlan } from './node/synthetic-plan.js';

/** Whatever makes unary calls. */
interface Caller {
  call(path: string, message: Uint8Array): Promise<{ readonly status: number }>;
}

const SCREENINGS = '/cinema.boxoffice.v1.ScreeningService';
const DAY_MS = 86_400_000;

/** Imports a synthetic hall. @throws when the node refuses */
export function createHall(client: Caller, auditoriumId: string, seats: number): Promise<void> {
  return importHall(client, auditoriumId, Buffer.from(syntheticPlan(seats)));
}

/** @throws when the node refuses */
export async function importHall(client: Caller, auditoriumId: string, seatingPlanJson: Buffer): Promise<void> {
  const request = CreateAuditoriumRequest.fromPartial({
    requestId: randomUUID(),
    auditoriumId,
    seatingPlanJson,
  });
  const { status } = await client.call(
    `${SCREENINGS}/CreateAuditorium`,
    CreateAuditoriumRequest.encode(request).finish(),
  );
  if (status !== 0) throw new Error(`CreateAuditorium was answered with status ${String(status)}`);
}

/** Opens a screening whose sales are open. @throws when the node refuses */
export async function createScreening(client: Caller, auditoriumId: string, screeningId: string): Promise<void> {
  const request = CreateScreeningRequest.fromPartial({
    requestId: randomUUID(),
    screeningId,
    auditoriumId,
    title: 'Load test',
    startsAt: new Date(Date.now() + DAY_MS),
  });
  const { status } = await client.call(
    `${SCREENINGS}/CreateScreening`,
    CreateScreeningRequest.encode(request).finish(),
  );
  if (status !== 0) throw new Error(`CreateScreening was answered with status ${String(status)}`);
}

import { z } from 'zod';
import { ms, whole } from './fields.js';

/** What a screening sells by when it does not say. */
export const screening = z.strictObject({
  maxSeatsPerRequest: whole(1, 10_000)
    .default(10)
    .describe('Most seats of one hold, unless the screening says otherwise'),
  maxSeatsPerBuyer: whole(1, 10_000)
    .default(10)
    .describe('Most seats one buyer has held and booked in a screening, unless it says otherwise'),
  holdTtlMs: ms(1_000).default(480_000).describe('TTL of a hold that asks for none: 8 min, enough to pay'),
  holdLifetimeMaxMs: ms(1_000)
    .default(1_800_000)
    .describe(
      'From the taking of a hold to its last possible end: 30 min, so that extending cannot keep seats for ever',
    ),
  staffSeatsPerRequest: whole(1, 10_000).default(500).describe('Most seats of one staff sale: a school, not the hall'),
  rememberedRequests: whole(100, 100_000_000)
    .default(1_000_000)
    .describe(
      'Most request_ids a screening remembers over 24 h; more mutations are refused OVERLOADED. About 250 bytes each',
    ),
  seatingPlanSeatsMax: whole(1, 200_000).default(200_000).describe('Largest seating plan, in seats'),
  cachedPlanSeatsMax: whole(1, 100_000_000)
    .default(1_000_000)
    .describe('Most seats of all cached seating plans; about 200 bytes each'),
  cachedPlacesMax: whole(1, 10_000_000).default(100_000).describe('Most screenings whose auditorium is remembered'),
});

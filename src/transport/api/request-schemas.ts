import { z } from 'zod';
import { HOLD_TTL_MIN_MS } from '../../../actors/screening/terms.js';
import { invalidFields, type FieldViolation } from './api-error.js';
import { fieldProblem } from './field-problems.js';

/**
 * The shape of requests: what can be said without looking at any screening. Names of
 * fields in errors are the API's (snake_case).
 */

/** Longest id, in UTF-16 units: keeps keys, rows and frames small. */
const ID_LENGTH_MAX = 128;
const TITLE_LENGTH_MAX = 200;
/** Control characters break logs and terminals; NUL and lone surrogates cannot be stored as text. */
const printable = /^[^\p{Cc}\p{Cs}]*$/u;

/** One check for all that text must be: three in a row would cost a hold three times as much. */
function text(lengthMax: number, may: 'be empty' | 'not be empty'): z.ZodString {
  return z.string().check((context) => {
    const problem = problemWithText(context.value, lengthMax, may === 'be empty');
    if (problem !== undefined) context.issues.push({ code: 'custom', input: context.value, message: problem });
  });
}

function problemWithText(value: string, lengthMax: number, mayBeEmpty: boolean): string | undefined {
  if (value.length === 0 && !mayBeEmpty) return 'is required';
  if (value.length > lengthMax) return `must have at most ${String(lengthMax)} characters`;
  return printable.test(value) ? undefined : 'must not contain control characters';
}

export const id = text(ID_LENGTH_MAX, 'not be empty');
const optionalId = text(ID_LENGTH_MAX, 'be empty').transform((given) => (given === '' ? undefined : given));

const requestId = z.string().regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'must be a UUID');

const title = text(TITLE_LENGTH_MAX, 'not be empty');

const distinct = (seatIds: readonly string[]): boolean =>
  seatIds.length < 2 || new Set(seatIds).size === seatIds.length;
const seatIdsOrNone = z.array(id).refine(distinct, 'must not name a seat twice');
const seatIds = z.array(id).min(1, 'must name at least one seat').refine(distinct, 'must not name a seat twice');

/** google.protobuf.Duration to ms. */
const ttl = z
  .object({ seconds: z.number(), nanos: z.number() })
  .transform(({ seconds, nanos }) => seconds * 1000 + Math.round(nanos / 1_000_000))
  .refine((ms) => ms >= HOLD_TTL_MIN_MS, 'must be at least 1 s')
  .refine((ms) => ms <= Number.MAX_SAFE_INTEGER, 'is too long');

const revision = z.number().int().min(0, 'must not be negative').optional();

/** The years a cinema can mean; Postgres and JavaScript hold both ends. */
const time = z
  .date('must be a time')
  .min(new Date('2000-01-01T00:00:00Z'), 'must be after the year 2000')
  .max(new Date('2200-01-01T00:00:00Z'), 'must be before the year 2200')
  .transform((date) => date.getTime());

/** 0 leaves it to the default. */
const seatLimit = z.number().int().min(0, 'must not be negative');
const limits = z.object({
  maxSeatsPerRequest: seatLimit.max(10_000, 'must be at most 10,000'),
  maxSeatsPerBuyer: seatLimit.max(10_000, 'must be at most 10,000'),
  holdTtl: ttl.optional(),
  holdLifetimeMax: ttl.refine((ms) => ms <= 86_400_000, 'must be at most 24 h').optional(),
});
export type RequestedLimits = z.infer<typeof limits>;

const pageSize = z
  .number()
  .int()
  .min(0, 'must not be negative')
  .max(1_000, 'must be at most 1,000')
  .transform((size) => (size === 0 ? 50 : size));
const pageToken = z.string().max(1_024, 'is not a page token');
/** A time inside a page token, in ms: what JavaScript and Postgres both can hold. */
export const cursorTime = z.number().min(0).max(8_640_000_000_000_000);

export const holdSeats = z.object({
  requestId,
  screeningId: id,
  buyerId: id,
  seatIds,
  ttl: ttl.optional(),
  revision,
  validateOnly: z.boolean(),
});
export const extendHold = z.object({ requestId, screeningId: id, buyerId: id, holdToken: id, ttl: ttl.optional() });
export const getHold = z.object({ screeningId: id, buyerId: id, holdToken: id });
export const releaseHold = z.object({ requestId, screeningId: id, buyerId: id, holdToken: id, seatIds: seatIdsOrNone });
export const confirmHold = z.object({ requestId, screeningId: id, buyerId: id, holdToken: id });
export const bookSeats = z.object({
  requestId,
  screeningId: id,
  buyerId: id,
  seatIds,
  revision,
  validateOnly: z.boolean(),
});
export const cancelBooking = z.object({
  requestId,
  screeningId: id,
  buyerId: id,
  bookingId: id,
  seatIds: seatIdsOrNone,
});
export const getBooking = z.object({ bookingId: id });
export const getSeatMap = z.object({ screeningId: id });
/** Ours have an id in them, as JSON in base64: at most some 700 characters. */
const RESUME_TOKEN_LENGTH_MAX = 1_024;
export const watchSeats = z.object({
  screeningId: id,
  resumeToken: z
    .string()
    .max(RESUME_TOKEN_LENGTH_MAX, `must have at most ${String(RESUME_TOKEN_LENGTH_MAX)} characters`),
});
export const listBookings = z
  .object({ screeningId: optionalId, buyerId: optionalId, pageSize, pageToken })
  .refine(({ screeningId, buyerId }) => screeningId !== undefined || buyerId !== undefined, {
    message: 'at least one of screening_id and buyer_id is required',
    path: ['screeningId'],
  });
export const listStatusChanges = z.object({
  screeningId: id,
  fromRevision: z.number().int().min(0, 'must not be negative'),
  pageSize,
  pageToken,
});

export const createAuditorium = z.object({
  requestId,
  auditoriumId: optionalId,
  seatingPlanJson: z.instanceof(Uint8Array),
  validateOnly: z.boolean(),
});
export const getAuditorium = z.object({ auditoriumId: id });
export const listPage = z.object({ pageSize, pageToken });
export const listScreenings = listPage.extend({ upcoming: z.boolean() });
export const createScreening = z.object({
  requestId,
  screeningId: optionalId,
  auditoriumId: id,
  title,
  startsAt: time,
  salesOpenAt: time.optional(),
  salesCloseAt: time.optional(),
  limits: limits.optional(),
  blockedSeatIds: seatIdsOrNone,
});
export const getScreening = z.object({ screeningId: id });
export const updateScreening = z.object({
  requestId,
  screeningId: id,
  title: title.optional(),
  startsAt: time.optional(),
  salesOpenAt: time.optional(),
  salesCloseAt: time.optional(),
  limits: limits.optional(),
  revision,
});
export const cancelScreening = z.object({ requestId, screeningId: id, revision });

export const drainNode = z.object({ nodeId: id, cancel: z.boolean() });
export const setNodeWeight = z.object({ nodeId: id, weight: z.number().max(100, 'must be at most 100') });
export const locateScreening = z.object({ screeningId: id });

/** The checked request. @throws ApiError INVALID_FIELD naming every field that is wrong */
export function read<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  // Again, for the words: asking for them at once costs every hold 2 us.
  const { error = result.error } = schema.safeParse(request, { error: fieldProblem, reportInput: true });
  throw invalidFields(error.issues.map(violationOf));
}

/** The checked request of WatchSeats, which is no function of the BoxOffice. @throws ApiError INVALID_FIELD */
export function readWatchSeats(request: unknown): z.output<typeof watchSeats> {
  return read(watchSeats, request);
}

/** The id, checked, of a screening that something is asked about. @throws ApiError INVALID_FIELD */
export function readScreeningId(screeningId: string): string {
  return read(getScreening, { screeningId }).screeningId;
}

/** A cursor of ours, as a client hands it back. @throws ApiError */
export function readPageToken<Schema extends z.ZodType>(schema: Schema, token: string): z.output<Schema> | undefined {
  if (token === '') return undefined;
  const result = schema.safeParse(parseJson(Buffer.from(token, 'base64url').toString('utf8')));
  if (result.success) return result.data;
  throw invalidFields([{ field: 'page_token', description: 'is not a page token of this method' }]);
}

export function pageTokenOf(cursor: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function violationOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): FieldViolation {
  const field = issue.path
    .map((part, index) =>
      typeof part === 'number' ? `[${String(part)}]` : `${index === 0 ? '' : '.'}${snakeCase(String(part))}`,
    )
    .join('');
  return { field, description: issue.message };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

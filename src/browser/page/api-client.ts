import type { Booking, Hold, ListedScreening, SeatMapAnswer } from './api-types.js';
import { backoffMs, pause } from './backoff.js';

/** The server's "no", or that it could not be asked (reason UNREACHABLE). */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    readonly code: string,
    readonly reason: string,
    message: string,
    readonly metadata: Readonly<Record<string, string>>,
    /** Seats the failure is about, and why, for example SEAT_BOOKED. */
    readonly seats: readonly { readonly seatId: string; readonly type: string }[],
  ) {
    super(message);
  }

  /** Nobody knows whether the request had its effect: repeat it with the same request_id. */
  get isOutcomeUnknown(): boolean {
    return (
      this.reason === 'UNREACHABLE' ||
      this.code === 'UNAVAILABLE' ||
      this.code === 'DEADLINE_EXCEEDED' ||
      this.code === 'INTERNAL'
    );
  }

  /** Refused without a look at it: says nothing of what an earlier attempt of the same request has done. */
  get isTurnedAway(): boolean {
    return this.reason === 'OVERLOADED';
  }

  /** The hold it is about was confirmed: its seats are this buyer's. */
  get isConfirmedAlready(): boolean {
    return this.reason === 'HOLD_NOT_FOUND' && this.metadata['ended'] === 'confirmed';
  }
}

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4_000;
const ANSWER_TIMEOUT_MS = 12_000;

/** Everything a mutation carries. */
export interface Party {
  readonly request_id: string;
  readonly screening_id: string;
  readonly buyer_id: string;
}

/**
 * The box office over HTTP. A request whose outcome is unknown is repeated as it is,
 * with its request_id, a few times; every function rejects with an ApiFailure, whose
 * outcome is unknown when that of any attempt is.
 */
export const api = {
  /** @param pageToken empty for the first page. */
  upcomingScreenings: (pageToken: string) =>
    ask<{ screenings: ListedScreening[]; next_page_token: string }>(
      'GET',
      `/api/screenings?${new URLSearchParams({ upcoming: 'true', page_token: pageToken }).toString()}`,
    ),
  seatMap: (screeningId: string) =>
    ask<SeatMapAnswer>('GET', `/api/screenings/${encodeURIComponent(screeningId)}/seat-map`),
  hold: (party: Party, seatIds: readonly string[], ttlSeconds: number | undefined) =>
    ask<Hold>('POST', '/api/seat-reservations', {
      ...party,
      seat_ids: seatIds,
      ...(ttlSeconds === undefined ? {} : { ttl_seconds: ttlSeconds }),
    }),
  getHold: (screeningId: string, buyerId: string, holdToken: string) =>
    ask<Hold>(
      'GET',
      `${holdPath(holdToken)}?${new URLSearchParams({ screening_id: screeningId, buyer_id: buyerId }).toString()}`,
    ),
  confirm: (party: Party, holdToken: string) => ask<Booking>('POST', `${holdPath(holdToken)}/confirm`, party),
  extend: (party: Party, holdToken: string, ttlSeconds: number | undefined) =>
    ask<Hold>('POST', `${holdPath(holdToken)}/extend`, {
      ...party,
      ...(ttlSeconds === undefined ? {} : { ttl_seconds: ttlSeconds }),
    }),
  release: (party: Party, holdToken: string) => ask<object>('DELETE', holdPath(holdToken), party),
} as const;

const holdPath = (holdToken: string): string => `/api/seat-reservations/${encodeURIComponent(holdToken)}`;

async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  let inDoubt: ApiFailure | undefined;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await askOnce<Answer>(method, path, body);
    } catch (error) {
      const failure = error instanceof ApiFailure ? error : unreachable();
      if (!failure.isOutcomeUnknown && !failure.isTurnedAway) throw failure;
      if (failure.isOutcomeUnknown) inDoubt = failure;
      if (attempt + 1 >= ATTEMPTS) throw inDoubt ?? failure;
      await pause(backoffMs(attempt, FIRST_WAIT_MS, LONGEST_WAIT_MS));
    }
  }
}

async function askOnce<Answer>(method: string, path: string, body: object | undefined): Promise<Answer> {
  const response = await fetch(path, {
    method,
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw failureOf(answer);
  // Our own server's answer: its tests hold it to the types, so it is not checked again here.
  return answer as Answer;
}

interface ErrorBody {
  readonly code?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly metadata?: Record<string, string>;
  readonly details?: readonly {
    readonly kind: string;
    readonly violations?: readonly { readonly type?: string; readonly subject: string }[];
  }[];
}

function failureOf(answer: unknown): ApiFailure {
  const body: ErrorBody = typeof answer === 'object' && answer !== null ? answer : {};
  const violations = body.details?.find(({ kind }) => kind === 'precondition-failure')?.violations ?? [];
  const seats = violations.map(({ subject, type }) => ({ seatId: subject, type: type ?? '' }));
  return new ApiFailure(
    body.code ?? 'INTERNAL',
    body.reason ?? 'INTERNAL',
    body.message ?? 'no answer',
    body.metadata ?? {},
    seats,
  );
}

/** No connection, no answer in time, or one from something else on the way (a proxy's error page). */
const unreachable = (): ApiFailure =>
  new ApiFailure('UNAVAILABLE', 'UNREACHABLE', 'the server cannot be reached', {}, []);

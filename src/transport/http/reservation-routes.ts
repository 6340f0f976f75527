import { z } from 'zod';
import type { Duration } from '../../../proto/gen/google/protobuf/duration.js';
import { readScreeningId } from '../api/index.js';
import type { HttpServerOptions } from './options.js';
import { parseJson, parseShape } from './json-body.js';
import { jsonReply } from './reply.js';
import type { IncomingRequest } from './request.js';
import type { Route } from './router.js';
import { bookingJson, holdJson } from './screening-json.js';

const name = z.string();
const ttlSeconds = z.number().positive().max(1_000_000_000);
const party = { request_id: name, screening_id: name, buyer_id: name };

// Shapes only: whether an id is one is for the box office to say.
const holdShape = z.strictObject({ ...party, seat_ids: z.array(name), ttl_seconds: ttlSeconds.optional() });
const confirmShape = z.strictObject(party);
const extendShape = z.strictObject({ ...party, ttl_seconds: ttlSeconds.optional() });
const releaseShape = z.strictObject({ ...party, seat_ids: z.array(name).optional() });
const lookUpShape = z.object({ screening_id: name, buyer_id: name });

/** Holding seats and what becomes of a hold. Every mutation may be repeated with its request_id. */
export function reservationRoutes({
  boxOffice,
  queueStats,
}: Pick<HttpServerOptions, 'boxOffice' | 'queueStats'>): readonly Route[] {
  return [
    {
      method: 'POST',
      pattern: '/api/seat-reservations',
      async answer(request) {
        const body = parseShape(holdShape, jsonOf(request));
        const { hold, revision } = await boxOffice.holdSeats(
          {
            requestId: body.request_id,
            screeningId: body.screening_id,
            buyerId: body.buyer_id,
            seatIds: body.seat_ids,
            ttl: duration(body.ttl_seconds),
            validateOnly: false,
          },
          request,
        );
        return jsonReply(201, { ...holdJson(present(hold)), revision });
      },
    },
    {
      method: 'GET',
      pattern: '/api/seat-reservations/:holdToken',
      async answer(request) {
        const query = parseShape(lookUpShape, Object.fromEntries(request.query));
        const { hold } = await boxOffice.getHold(
          { screeningId: query.screening_id, buyerId: query.buyer_id, holdToken: holdToken(request) },
          request,
        );
        return jsonReply(200, holdJson(present(hold)));
      },
    },
    {
      method: 'POST',
      pattern: '/api/seat-reservations/:holdToken/confirm',
      async answer(request) {
        const body = parseShape(confirmShape, jsonOf(request));
        const { booking, revision } = await boxOffice.confirmHold(
          {
            requestId: body.request_id,
            screeningId: body.screening_id,
            buyerId: body.buyer_id,
            holdToken: holdToken(request),
          },
          request,
        );
        return jsonReply(200, { ...bookingJson(present(booking)), revision });
      },
    },
    {
      method: 'POST',
      pattern: '/api/seat-reservations/:holdToken/extend',
      async answer(request) {
        const body = parseShape(extendShape, jsonOf(request));
        const { hold, revision } = await boxOffice.extendHold(
          {
            requestId: body.request_id,
            screeningId: body.screening_id,
            buyerId: body.buyer_id,
            holdToken: holdToken(request),
            ttl: duration(body.ttl_seconds),
          },
          request,
        );
        return jsonReply(200, { ...holdJson(present(hold)), revision });
      },
    },
    {
      method: 'DELETE',
      pattern: '/api/seat-reservations/:holdToken',
      async answer(request) {
        const body = parseShape(releaseShape, request.body.length === 0 ? queryOf(request) : jsonOf(request));
        const { hold, releasedSeatIds, revision } = await boxOffice.releaseHold(
          {
            requestId: body.request_id,
            screeningId: body.screening_id,
            buyerId: body.buyer_id,
            holdToken: holdToken(request),
            seatIds: body.seat_ids ?? [],
          },
          request,
        );
        // What is left of the hold; null when nothing is.
        return jsonReply(200, {
          released_seat_ids: releasedSeatIds,
          hold: hold === undefined ? null : holdJson(hold),
          revision,
        });
      },
    },
    {
      method: 'GET',
      pattern: '/api/seat-reservations/queue-stats/:screeningId',
      async answer({ params, deadlineMs }) {
        return jsonReply(200, await queueStats(readScreeningId(params['screeningId'] ?? ''), deadlineMs));
      },
    },
  ];
}

const jsonOf = ({ contentType, body }: IncomingRequest): unknown => parseJson(contentType, body);
const holdToken = ({ params }: IncomingRequest): string => params['holdToken'] ?? '';

/** DELETE with a body is not for every client: the same fields as parameters, seat_ids once per seat. */
function queryOf({ query }: IncomingRequest): unknown {
  const rest = new URLSearchParams(query);
  rest.delete('seat_ids');
  const seatIds = query.getAll('seat_ids');
  return { ...Object.fromEntries(rest), ...(seatIds.length === 0 ? {} : { seat_ids: seatIds }) };
}

function duration(seconds: number | undefined): Duration | undefined {
  if (seconds === undefined) return undefined;
  const millis = Math.round(seconds * 1000);
  return { seconds: Math.floor(millis / 1000), nanos: (millis % 1000) * 1_000_000 };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the box office answered without what it was asked for');
  return value;
}

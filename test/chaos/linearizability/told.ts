import type { Answer, Operation, Outcome, Request } from '../history.js';

/** When an operation was invoked and when it returned, in ms. */
export type Span = readonly [fromMs: number, byMs: number];

/** An operation before it has its place in a history. */
export type Told = Omit<Operation, 'id'>;

/** Operations by hand, as a client would have recorded them. Holds live for a minute unless told otherwise. */
const TTL_MS = 60_000;

function told(span: Span, request: Request, outcome: Outcome): Told {
  const [invokedMs, byMs] = span;
  const returnedMs = outcome.kind === 'unknown' ? null : byMs;
  const client = 'buyerId' in request ? request.buyerId : 'anyone';
  return {
    client,
    screeningId: 's',
    requestId: '',
    request,
    invokedMs,
    returnedMs,
    nodes: ['n1'],
    inDoubt: false,
    lateByMs: null,
    outcome,
  };
}

const ok = (answer: Answer): Outcome => ({ kind: 'ok', answer });
export const refused = (reason: string, more: Partial<Extract<Outcome, { kind: 'refused' }>> = {}): Outcome => ({
  kind: 'refused',
  reason,
  ...more,
});
const unknown: Outcome = { kind: 'unknown', reason: 'UNAVAILABLE' };

type More = Partial<Answer> & { readonly ttlMs?: number };

function asked(kind: 'hold', buyerId: string, seatIds: readonly string[], ttlMs = TTL_MS): Request {
  return { kind, buyerId, seatIds: [...seatIds], ttlMs };
}

/** What a caller may be told; `A1 A2` are two seats. */
export const was = {
  held(span: Span, buyerId: string, seats: string, token: string, { ttlMs = TTL_MS, ...more }: More = {}): Told {
    const seatIds = seats.split(' ');
    return told(
      span,
      asked('hold', buyerId, seatIds, ttlMs),
      ok({ id: token, seatIds, expireMs: span[0] + ttlMs, ...more }),
    );
  },
  /** `taken`: why each of the seats that stand in the way does. */
  refusedSeats(span: Span, buyerId: string, seats: string, taken: Readonly<Record<string, string>>): Told {
    return told(span, asked('hold', buyerId, seats.split(' ')), refused('SEAT_UNAVAILABLE', { seats: { ...taken } }));
  },
  booked(span: Span, buyerId: string, seats: string, bookingId: string, more: More = {}): Told {
    const seatIds = seats.split(' ');
    return told(span, { kind: 'book', buyerId, seatIds }, ok({ id: bookingId, seatIds, ...more }));
  },
  confirmed(span: Span, buyerId: string, holdToken: string, bookingId: string, seats: string, more: More = {}): Told {
    return told(
      span,
      { kind: 'confirm', buyerId, holdToken },
      ok({ id: bookingId, seatIds: seats.split(' '), ...more }),
    );
  },
  /** All of it, or those seats of it that are named. */
  released(span: Span, buyerId: string, holdToken: string, gone: string, left = '', named = ''): Told {
    const answer = { id: holdToken, seatIds: words(left), goneSeatIds: words(gone) };
    return told(span, { kind: 'release', buyerId, holdToken, seatIds: words(named) }, ok(answer));
  },
  extended(span: Span, buyerId: string, holdToken: string, seats: string, expireMs: number): Told {
    const request = { kind: 'extend', buyerId, holdToken, ttlMs: expireMs - span[0] } as const;
    return told(span, request, ok({ id: holdToken, seatIds: words(seats), expireMs }));
  },
  cancelled(span: Span, buyerId: string, bookingId: string, gone: string, left = '', named = ''): Told {
    const answer = { id: bookingId, seatIds: words(left), goneSeatIds: words(gone) };
    return told(span, { kind: 'cancel', buyerId, bookingId, seatIds: words(named) }, ok(answer));
  },
  foundHold(span: Span, buyerId: string, holdToken: string, seats: string, expireMs: number): Told {
    return told(span, { kind: 'get-hold', buyerId, holdToken }, ok({ id: holdToken, seatIds: words(seats), expireMs }));
  },
  foundBooking(span: Span, bookingId: string, seats: string): Told {
    return told(span, { kind: 'get-booking', bookingId }, ok({ id: bookingId, seatIds: words(seats) }));
  },
  /** The same question with another answer. */
  instead({ request, invokedMs, returnedMs, client }: Told, outcome: Outcome): Told {
    return { ...told([invokedMs, returnedMs ?? invokedMs], request, outcome), client };
  },
  /** Nobody answered it. */
  unanswered(operation: Told): Told {
    return was.instead(operation, unknown);
  },
  /** Nobody answered it, and it took effect by then or never. */
  unansweredBy(lateByMs: number, operation: Told): Told {
    return { ...was.unanswered(operation), lateByMs };
  },
  /** An attempt before the last had no answer. */
  repeated(operation: Told): Told {
    return { ...operation, inDoubt: true, nodes: ['n1', 'n2'] };
  },
};

/** As a history: in order of invocation. */
export function history(...operations: readonly Told[]): readonly Operation[] {
  return operations.toSorted((a, b) => a.invokedMs - b.invokedMs).map((operation, id) => ({ id, ...operation }));
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

/** What the HTTP API says of a screening's hall: where every seat is, and which are not free. */
export interface SeatMapReply {
  readonly planName: string;
  readonly revision: number;
  /** The screening does not take place. */
  readonly cancelled: boolean;
  readonly counts: Readonly<Record<SeatStateName, number>>;
  readonly seats: readonly PlacedSeat[];
}

export type SeatStateName = 'free' | 'held' | 'booked' | 'blocked';

export interface PlacedSeat {
  readonly seatId: string;
  readonly zone: string;
  readonly row: string;
  /** In plan pixels. */
  readonly x: number;
  readonly y: number;
  readonly wheelchair: boolean;
  readonly state: SeatStateName;
}

/** The HTTP API answered something else than the caller asked for; the message says what. */
export class HttpFailed extends Error {
  override readonly name = 'HttpFailed';

  constructor(
    /** Name of the gRPC code; empty when the answer has none. */
    readonly code: string,
    readonly reason: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** @throws HttpFailed */
export async function fetchSeatMap(httpUrl: string, screeningId: string, timeoutMs: number): Promise<SeatMapReply> {
  const url = `${httpUrl}/api/screenings/${encodeURIComponent(screeningId)}/seat-map`;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    body = await response.json();
  } catch (error) {
    throw new HttpFailed('', '', `no answer from ${url} (see --http)`, { cause: error });
  }
  if (!response.ok) {
    const { code, reason, message } = recordOf(body);
    throw new HttpFailed(
      textOf(code),
      textOf(reason),
      typeof message === 'string' ? message : `HTTP ${response.status}`,
    );
  }
  return readReply(body);
}

function readReply(body: unknown): SeatMapReply {
  const { screening, plan, seats, counts, revision } = recordOf(body);
  const { name, seats: placed } = recordOf(plan);
  const states = new Map(
    listOf(seats).map((seat) => [textOf(recordOf(seat)['seat_id']), stateOf(recordOf(seat)['state'])]),
  );
  const { free, held, booked, blocked } = recordOf(counts);
  return {
    planName: textOf(name),
    revision: numberOf(revision),
    cancelled: recordOf(screening)['cancelled'] === true,
    counts: { free: numberOf(free), held: numberOf(held), booked: numberOf(booked), blocked: numberOf(blocked) },
    seats: listOf(placed).map((seat) => {
      const { seat_id: id, zone, row, x, y, wheelchair } = recordOf(seat);
      const seatId = textOf(id);
      return {
        seatId,
        zone: textOf(zone),
        row: textOf(row),
        x: numberOf(x),
        y: numberOf(y),
        wheelchair: wheelchair === true,
        state: states.get(seatId) ?? 'free',
      };
    }),
  };
}

/** Absent fields read as undefined, and so end up empty: an older node's answer can still be drawn. */
function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function stateOf(value: unknown): SeatStateName {
  return value === 'HELD' ? 'held' : value === 'BOOKED' ? 'booked' : value === 'BLOCKED' ? 'blocked' : 'free';
}

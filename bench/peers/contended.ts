import { HoldSeatsRequest, HoldSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { checkHold } from '../load/check-hold.js';
import { HoldTokens } from '../load/hold-tokens.js';
import type { Contender } from './contenders.js';

const REQUESTS = 2_000;
const SEATS = 100;
const CALLERS = 128;
const FAILED_PRECONDITION = 9;
const RESOURCE_EXHAUSTED = 8;

export interface ContendedResult {
  readonly screeningId: string;
  readonly accepted: number;
  readonly refused: number;
  readonly errors: number;
  readonly tokens: HoldTokens;
  /** What is wrong with it; empty when each seat went to one buyer and everybody else was refused. */
  readonly faults: readonly string[];
}

/** 2,000 buyers want 100 seats, as many at once as there are callers. */
export async function runContended({ name, clients, path, sale }: Contender): Promise<ContendedResult> {
  const { screeningId, firstSeat } = await sale.take(SEATS);
  const tokens = new HoldTokens();
  let next = 0;
  let accepted = 0;
  let refused = 0;
  let errors = 0;
  const caller = async (index: number): Promise<void> => {
    const client = clients[index % clients.length];
    if (client === undefined) return;
    for (let each = next++; each < REQUESTS; each = next++) {
      // Neighbours in time want the same seat.
      const seat = firstSeat + Math.floor((each * SEATS) / REQUESTS);
      const request: HoldSeatsRequest = {
        requestId: `00000000-0000-4000-9000-${String(each).padStart(12, '0')}`,
        screeningId,
        buyerId: `rival-${String(each)}`,
        seatIds: [`S-${String(seat)}`],
        ttl: undefined,
        revision: undefined,
        validateOnly: false,
      };
      const { status, message } = await client.call(path, HoldSeatsRequest.encode(request).finish());
      if (status === 0) {
        const response = HoldSeatsResponse.decode(message);
        checkHold(request, response);
        accepted += 1;
        tokens.set(seat, response.hold?.holdToken ?? '');
      } else if (status === FAILED_PRECONDITION || status === RESOURCE_EXHAUSTED) refused += 1;
      else errors += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index)));
  const right = accepted === SEATS && tokens.size === SEATS && refused === REQUESTS - SEATS;
  const faults = right
    ? []
    : [
        `${name}: of ${String(REQUESTS)} requests for ${String(SEATS)} seats ${String(accepted)} were accepted ` +
          `(${String(tokens.size)} seats), ${String(refused)} refused and ${String(errors)} failed`,
      ];
  return { screeningId, accepted, refused, errors, tokens, faults };
}

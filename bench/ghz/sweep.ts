import { HoldSeatsRequest, HoldSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { ScreeningEvent } from '../../actors/screening/events.js';
import { auditAll, type Promises } from '../audit.js';
import { readRefusal } from '../failover/refusal.js';
import { checkHold } from '../load/check-hold.js';
import type { RawClient } from '../load/raw-client.js';
import type { BenchNode } from '../node/spawn-bench-node.js';
import type { Answers } from './ghz-report.js';
import { countEvents } from './journal-count.js';
import type { GivenHold } from './requests.js';

const HOLD_PATH = '/cinema.boxoffice.v1.SeatService/HoldSeats';
const CALLS_AT_ONCE = 64;

/** What ghz was told of one kind of command. */
export interface Told {
  readonly kind: ScreeningEvent['kind'];
  readonly answers: Pick<Answers, 'accepted' | 'errors'>;
}

export interface Sweep {
  readonly oversold: number;
  readonly lost: number;
  /** Each a sentence. */
  readonly faults: readonly string[];
}

/**
 * ghz keeps no answers, so they are proved by number: every request was its own, so the
 * journals must have exactly as many events as requests were accepted (and at most one
 * more for each that had no answer). No seat may have had two owners, and what our own
 * client was told must be there with its seat.
 */
export async function sweep(
  node: BenchNode,
  screeningIds: readonly string[],
  told: readonly Told[],
  given: readonly GivenHold[],
): Promise<Sweep> {
  const promises = new Map(screeningIds.map((id) => [id, { given: new Array<Promises['given'][number]>(), kept: [] }]));
  for (const { screeningId, seat, token } of given) promises.get(screeningId)?.given.push({ owner: token, seat });
  const { oversold, lost: missing } = await auditAll(node.postgresUrl, promises);
  const events = await countEvents(node.postgresUrl, screeningIds);
  const faults: string[] = [];
  let lost = missing;
  for (const { kind, answers } of told) {
    const stored = events.get(kind) ?? 0;
    lost += Math.max(0, answers.accepted - stored);
    if (stored < answers.accepted || stored > answers.accepted + answers.errors)
      faults.push(
        `${String(answers.accepted)} requests were accepted, and the journals have ${String(stored)} ${kind}`,
      );
  }
  if (oversold > 0) faults.push(`${String(oversold)} seats had two owners`);
  if (missing > 0) faults.push(`${String(missing)} holds that were answered are not in the journal`);
  return { oversold, lost, faults };
}

/**
 * Sends every so many-th request again with its own request_id: the answer must be the
 * hold that ghz was given, checked as our own client checks all it gets. Also how holds
 * are got whose tokens are needed. Those whose seat is another's are left out of the answer.
 * @throws when an answer is wrong, or a refusal has another reason
 */
export async function askAgain(
  client: RawClient,
  requests: readonly HoldSeatsRequest[],
  most: number,
): Promise<GivenHold[]> {
  const step = Math.max(1, Math.ceil(requests.length / most));
  const sample = requests.filter((_request, index) => index % step === 0);
  const holds: GivenHold[] = [];
  for (let from = 0; from < sample.length; from += CALLS_AT_ONCE) {
    const some = sample.slice(from, from + CALLS_AT_ONCE);
    const answered = await Promise.all(some.map((request) => hold(client, request)));
    holds.push(...answered.filter((each) => each !== undefined));
  }
  return holds;
}

const FAILED_PRECONDITION = 9;

async function hold(client: RawClient, request: HoldSeatsRequest): Promise<GivenHold | undefined> {
  const { status, message, details } = await client.call(HOLD_PATH, HoldSeatsRequest.encode(request).finish());
  const [seatId = ''] = request.seatIds;
  if (status === FAILED_PRECONDITION) {
    const reason = readRefusal(details)?.reason ?? 'no reason';
    if (reason !== 'SEAT_UNAVAILABLE') throw new Error(`a hold of ${seatId} was refused with ${reason}`);
    return undefined;
  }
  if (status !== 0) throw new Error(`a hold of ${seatId} was answered with status ${String(status)}`);
  const response = HoldSeatsResponse.decode(message);
  checkHold(request, response);
  const { screeningId, buyerId } = request;
  return { screeningId, buyerId, seat: Number(seatId.slice('S-'.length)), token: response.hold?.holdToken ?? '' };
}

import { SeatState } from '../../../actors/screening/seat-state.js';
import type { Asked, Question, Refused } from '../scenario/asked.js';
import type { ScreeningHistory } from './screening-history.js';
import type { Window } from './window.js';

/**
 * Whether a "no" was right at some moment while the question was asked: this is what
 * makes it linearizable. A hold's end is a matter of clocks, so near it both answers
 * are right.
 * @returns what is wrong with it; undefined when it was right
 */
export function problemWithRefusal(
  history: ScreeningHistory,
  asked: Asked,
  window: Window,
  answer: Refused,
): string | undefined {
  const isRight = judgeOf(history, asked, window, answer);
  if (isRight === undefined) return 'nobody asked for anything that can be refused so';
  for (let moment = window.from; moment <= window.to; moment += 1) if (isRight(moment)) return undefined;
  return `it was not so at any of the moments ${String(window.from)} to ${String(window.to)}`;
}

type Judge = (moment: number) => boolean;

function judgeOf(
  history: ScreeningHistory,
  { buyerId, what }: Asked,
  window: Window,
  answer: Refused,
): Judge | undefined {
  switch (answer.reason) {
    case 'SEAT_UNAVAILABLE':
      return seatsOf(what) === undefined ? undefined : (moment) => areTaken(history, what, window, answer, moment);
    case 'HOLD_EXPIRED':
      return (moment) => isExpired(history, what, window, moment);
    case 'HOLD_NOT_FOUND':
      return (moment) => isGone(history, what, answer, moment);
    case 'BOOKING_NOT_FOUND':
      return what.kind === 'cancel-booking'
        ? (moment) => history.bookings.get(what.bookingId)?.terms.at(moment)?.seats.length === 0
        : undefined;
    case 'INVALID_FIELD':
      return (moment) => namesStrangers(history, what, moment);
    case 'TICKET_LIMIT_EXCEEDED':
      return what.kind === 'hold'
        ? (moment) => isOverLimit(history, buyerId, what.seatIds.length, window, answer, moment)
        : undefined;
    case 'SALES_CLOSED':
      return () => window.latestMs >= (history.terms?.salesCloseAtMs ?? Infinity);
    default:
      return undefined;
  }
}

function seatsOf(what: Question): readonly string[] | undefined {
  return what.kind === 'hold' || what.kind === 'book' ? what.seatIds : undefined;
}

/** Every seat it names was taken as it says, and those it does not name were free. */
function areTaken(
  history: ScreeningHistory,
  what: Question,
  { earliestMs, latestMs }: Window,
  answer: Refused,
  moment: number,
): boolean {
  const named = new Map(answer.seats.map(({ seatId, why }) => [seatId, why]));
  if (named.size === 0) return false;
  return (seatsOf(what) ?? []).every((seatId) => {
    const occupant = history.seats[history.seatIds.indexOf(seatId)]?.at(moment);
    if (occupant === undefined) return false;
    const why = whyTaken[occupant.state];
    const endMs =
      why === 'SEAT_HELD' ? (history.holds.get(occupant.owner)?.terms.at(moment)?.expireTimeMs ?? 0) : Infinity;
    const said = named.get(seatId);
    if (said === undefined) return why === 'SEAT_FREE' || (why === 'SEAT_HELD' && endMs <= latestMs);
    return said === why && endMs > earliestMs;
  });
}

function holdTokenOf(what: Question): string {
  return 'holdToken' in what ? what.holdToken : '';
}

function isExpired(history: ScreeningHistory, what: Question, { latestMs }: Window, moment: number): boolean {
  const hold = history.holds.get(holdTokenOf(what));
  if (hold === undefined) return false;
  const terms = hold.terms.at(moment);
  return terms === undefined ? hold.how === 'expired' : terms.expireTimeMs <= latestMs;
}

function isGone(history: ScreeningHistory, what: Question, answer: Refused, moment: number): boolean {
  const hold = history.holds.get(holdTokenOf(what));
  return hold !== undefined && hold.terms.at(moment) === undefined && hold.how === answer.metadata['ended'];
}

/** It asked for seats that were not in the hold or booking any more. */
function namesStrangers(history: ScreeningHistory, what: Question, moment: number): boolean {
  const owned =
    what.kind === 'release'
      ? history.holds.get(what.holdToken)?.terms.at(moment)?.seats
      : what.kind === 'cancel-booking'
        ? history.bookings.get(what.bookingId)?.terms.at(moment)?.seats
        : undefined;
  if (owned === undefined || !('seatIds' in what)) return false;
  return what.seatIds.some((seatId) => !owned.includes(history.seatIds.indexOf(seatId)));
}

function isOverLimit(
  history: ScreeningHistory,
  buyerId: string,
  requested: number,
  { earliestMs, latestMs }: Window,
  { metadata }: Refused,
  moment: number,
): boolean {
  const { terms } = history;
  if (terms === undefined) return false;
  if (metadata['taken'] === undefined) return requested > terms.maxSeatsPerRequest;
  let surely = 0;
  let perhaps = 0;
  for (const booking of history.bookings.values()) {
    if (booking.buyerId === buyerId) surely += booking.terms.at(moment)?.seats.length ?? 0;
  }
  for (const hold of history.holds.values()) {
    const held = hold.buyerId === buyerId ? hold.terms.at(moment) : undefined;
    if (held === undefined || held.expireTimeMs <= earliestMs) continue;
    if (held.expireTimeMs > latestMs) surely += held.seats.length;
    else perhaps += held.seats.length;
  }
  const taken = Number(metadata['taken']);
  return taken >= surely && taken <= surely + perhaps && taken + requested > terms.maxSeatsPerBuyer;
}

/** The API's word for why a seat cannot be taken. */
const whyTaken: Readonly<Record<SeatState, string>> = {
  [SeatState.Free]: 'SEAT_FREE',
  [SeatState.Held]: 'SEAT_HELD',
  [SeatState.Booked]: 'SEAT_BOOKED',
  [SeatState.Blocked]: 'SEAT_BLOCKED',
};

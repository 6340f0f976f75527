import type { ApiFailure } from './api-client.js';
import type { Plan, PlanSeat, Screening } from './api-types.js';

/** "Block D, row 14, seat 3"; the zone is left out where there is only one. */
export function placeOf(seat: PlanSeat, plan: Plan): string {
  const place = `row ${seat.row}, seat ${seat.number}`;
  const text = hasZones(plan) ? `${seat.zone}, ${place}` : place;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const zonesKnown = new WeakMap<Plan, boolean>();

function hasZones(plan: Plan): boolean {
  let known = zonesKnown.get(plan);
  if (known === undefined) {
    known = plan.seats.some(({ zone }) => zone !== plan.seats[0]?.zone);
    zonesKnown.set(plan, known);
  }
  return known;
}

/** Seats by their ids as people call them. */
export function placesOf(seatIds: readonly string[], plan: Plan): string[] {
  const wanted = new Set(seatIds);
  return plan.seats.filter(({ seat_id: seatId }) => wanted.has(seatId)).map((seat) => placeOf(seat, plan));
}

/** "a; b and c": places have commas of their own. */
export function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join('; ')} and ${last}`;
}

const numbers = new Intl.NumberFormat('en');

/** "200,000" */
export const inDigits = (count: number): string => numbers.format(count);

export const seatCount = (count: number): string => (count === 1 ? '1 seat' : `${inDigits(count)} seats`);

export const timeOf = ({ starts_at: startsAt }: Screening): string => (startsAt === null ? '' : momentWords(startsAt));

/** A day, of which year if not of this one, and a time of day; without the day of the week where there is little room. */
export function momentWords(time: string, hasWeekday = true): string {
  const date = new Date(time);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat(undefined, {
    ...(hasWeekday ? { weekday: 'short' as const } : {}),
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' as const }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(date);
}

const seatProblems: Readonly<Record<string, string>> = {
  SEAT_HELD: 'is being bought by someone else',
  SEAT_BOOKED: 'is already booked',
  SEAT_BLOCKED: 'is not on sale',
};

/** How a hold ended that is no more, where the box office still knows. */
const holdEndings: Readonly<Record<string, string>> = {
  confirmed: 'These seats are already booked for you.',
  released: 'These seats were given back already.',
};

const limitWords = ({ metadata: { limit } }: ApiFailure): string =>
  limit === undefined ? 'a few seats' : seatCount(Number(limit));

const stillChosen = (count: number): string =>
  count === 1 ? 'Your other seat is still chosen.' : `Your other ${seatCount(count)} are still chosen.`;

/**
 * A failure as one would say it at the counter, naming the seats.
 * @param kept how many others are still chosen.
 */
export function explain(failure: ApiFailure, plan: Plan, kept: number): string {
  switch (failure.reason) {
    case 'SEAT_UNAVAILABLE': {
      const sentences = failure.seats.map(
        ({ seatId, type }) => `${list(placesOf([seatId], plan)) || seatId} ${seatProblems[type] ?? 'is not free'}.`,
      );
      const next = kept === 0 ? 'Please choose other seats.' : stillChosen(kept);
      return `${sentences.join(' ')} ${next}`;
    }
    case 'HOLD_NOT_FOUND':
      return holdEndings[failure.metadata['ended'] ?? ''] ?? 'These seats are no longer held for you.';
    case 'HOLD_EXPIRED':
      return 'Your time ran out, so the seats were given back. If they are still free you can take them again.';
    case 'HOLD_TOKEN_MISMATCH':
      return 'These seats are held by someone else.';
    case 'TICKET_LIMIT_EXCEEDED':
      return `That is more than one person may take: at most ${limitWords(failure)}.`;
    case 'SALES_NOT_OPEN':
      return 'Sales have not opened yet.';
    case 'SALES_CLOSED':
      return 'Sales for this screening have closed.';
    case 'SCREENING_CANCELLED':
      return 'This screening has been cancelled.';
    case 'SCREENING_NOT_FOUND':
      return 'This screening does not exist any more.';
    case 'UNREACHABLE':
      return 'The box office cannot be reached. Check your connection and try again; nothing is booked twice.';
    case 'OVERLOADED':
      return 'Very many people are booking at this moment. Please try again.';
    default:
      return failure.isOutcomeUnknown
        ? 'The box office did not answer. Please try again; nothing is booked twice.'
        : `That did not work: ${failure.message}.`;
  }
}

import { isDeepStrictEqual } from 'node:util';
import { isMutation, type Answer, type Asked, type Mutation, type Read, type Refused } from '../scenario/asked.js';
import type { BookingMessage, HoldMessage } from '../scenario/messages.js';
import { problemWithRefusal } from './refusals.js';
import type { ScreeningHistory } from './screening-history.js';
import type { Effect } from './stories.js';
import { must } from './violation.js';
import type { Window } from './window.js';

/**
 * Whether the journal explains what a client is told, at the moment it is told.
 * @param newestEpoch greatest that anybody has claimed
 * @throws Violation when it does not
 */
export function checkAnswer(
  history: ScreeningHistory,
  newestEpoch: number,
  asked: Asked,
  window: Window,
  answer: Answer,
): void {
  switch (answer.kind) {
    case 'failed':
    case 'bookings':
      return;
    case 'bug':
      must(false, () => 'an internal error');
      return;
    case 'refused':
      checkRefusal(history, asked, window, answer);
      return;
    case 'seat-map': {
      const row = history.row(answer.revision);
      must(row !== undefined, () => `a seat map shows r${String(answer.revision)}, which is not in the journal`);
      must(
        isDeepStrictEqual(answer.states, row.states),
        () => `a seat map is not what r${String(answer.revision)} made`,
      );
      must(answer.epoch <= newestEpoch, () => `a seat map names epoch ${String(answer.epoch)}`);
      return;
    }
    default:
      if (isMutation(asked.what)) checkDone(history, asked.buyerId, asked.what, answer);
      else checkRead(history, asked.what, window, answer);
  }
}

/** A mutation that was answered has happened, once, and that is what the answer says. */
function checkDone(history: ScreeningHistory, buyerId: string, asked: Mutation, answer: Answer): void {
  const effect = history.effectOf(buyerId, asked.requestId);
  must(effect !== undefined, () => `told of something that is not in the journal`);
  const expected = expectedAnswer(history, asked, effect);
  must(isDeepStrictEqual(answer, expected), () => {
    return `told ${JSON.stringify(answer)}, but the journal has ${JSON.stringify(expected)}`;
  });
}

function expectedAnswer(history: ScreeningHistory, asked: Mutation, { event, revision, moment }: Effect): Answer {
  switch (event.kind) {
    case 'seats-held':
      must(asked.kind === 'hold', () => `a ${asked.kind} held seats`);
      return { kind: 'hold', hold: holdAt(history, event.holdToken, moment), revision };
    case 'hold-extended':
      must(asked.kind === 'extend', () => `a ${asked.kind} extended a hold`);
      return { kind: 'hold', hold: holdAt(history, event.holdToken, moment), revision };
    case 'hold-released': {
      must(asked.kind === 'release', () => `a ${asked.kind} released seats`);
      const hold = history.holds.get(event.holdToken)?.terms.at(moment);
      return {
        kind: 'released',
        hold: hold === undefined ? undefined : holdAt(history, event.holdToken, moment),
        seatIds: namesOf(history, event.seats),
        revision,
      };
    }
    case 'hold-confirmed':
      must(asked.kind === 'confirm', () => `a ${asked.kind} confirmed a hold`);
      return { kind: 'booking', booking: bookingAt(history, event.bookingId, moment), revision };
    case 'seats-booked':
      must(asked.kind === 'book', () => `a ${asked.kind} booked seats`);
      return { kind: 'booking', booking: bookingAt(history, event.bookingId, moment), revision };
    case 'booking-cancelled':
      must(asked.kind === 'cancel-booking', () => `a ${asked.kind} cancelled a booking`);
      return {
        kind: 'booking-cancelled',
        booking: bookingAt(history, event.bookingId, moment),
        seatIds: namesOf(history, event.seats),
        revision,
      };
    default:
      throw new TypeError(`no client asks for ${event.kind}`);
  }
}

/** A read tells what was true at some moment while it was asked. */
function checkRead(history: ScreeningHistory, asked: Read, { from, to, earliestMs }: Window, answer: Answer): void {
  for (let moment = from; moment <= to; moment += 1) {
    if (asked.kind === 'get-hold' && answer.kind === 'hold') {
      const terms = history.holds.get(asked.holdToken)?.terms.at(moment);
      if (terms === undefined || terms.expireTimeMs <= earliestMs) continue;
      if (isDeepStrictEqual(answer.hold, holdAt(history, asked.holdToken, moment))) return;
    }
    if (asked.kind === 'get-booking' && answer.kind === 'booking') {
      if (history.bookings.get(asked.bookingId)?.terms.at(moment) === undefined) continue;
      if (isDeepStrictEqual(answer.booking, bookingAt(history, asked.bookingId, moment))) return;
    }
  }
  must(false, () => `${asked.kind} was answered ${JSON.stringify(answer)}, which was not so while it was asked`);
}

function checkRefusal(history: ScreeningHistory, asked: Asked, window: Window, answer: Refused): void {
  const { buyerId, what } = asked;
  if (isMutation(what)) {
    const effect = history.effectOf(buyerId, what.requestId);
    must(effect === undefined || effect.moment > window.from, () => {
      return `${what.kind} was refused ${answer.reason}, but this very request had been granted at r${String(effect?.revision)}`;
    });
  }
  const problem = problemWithRefusal(history, asked, window, answer);
  must(problem === undefined, () => `${what.kind} was refused ${answer.reason}: ${problem ?? ''}`);
}

function holdAt(history: ScreeningHistory, holdToken: string, moment: number): HoldMessage {
  const hold = history.holds.get(holdToken);
  const terms = hold?.terms.at(moment);
  if (hold === undefined || terms === undefined) throw new RangeError(`no hold ${holdToken} at ${String(moment)}`);
  return {
    holdToken,
    buyerId: hold.buyerId,
    seatIds: namesOf(history, terms.seats),
    createTimeMs: hold.createTimeMs,
    expireTimeMs: terms.expireTimeMs,
    maxExpireTimeMs: hold.maxExpireTimeMs,
  };
}

/** A booking as it was. @throws RangeError before it was made */
export function bookingAt(history: ScreeningHistory, bookingId: string, moment: number): BookingMessage {
  const booking = history.bookings.get(bookingId);
  const terms = booking?.terms.at(moment);
  if (booking === undefined || terms === undefined)
    throw new RangeError(`no booking ${bookingId} at ${String(moment)}`);
  return {
    bookingId,
    buyerId: booking.buyerId,
    seatIds: namesOf(history, terms.seats),
    createTimeMs: booking.createTimeMs,
    updateTimeMs: terms.updateTimeMs,
  };
}

function namesOf(history: ScreeningHistory, seats: readonly number[]): readonly string[] {
  return seats.map((seat) => history.seatIds[seat] ?? '');
}

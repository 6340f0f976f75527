import type { ScreeningAnswer } from '../../../actors/screening/answers.js';
import type { HoldSeats, ScreeningCommand } from '../../../actors/screening/commands.js';
import type { OwnerState } from '../../streams/index.js';
import { ApiError } from './api-error.js';
import type { BoxOffice, Call } from './box-office.js';
import type { Outcome } from '../../runtime/index.js';
import { ask, type CommandRouter } from './command-router.js';
import { bookingMessage, holdMessage } from './messages.js';
import { failureError, refusalError } from './refusals.js';
import * as schemas from './request-schemas.js';

type SeatCommands = Pick<
  BoxOffice,
  'holdSeats' | 'extendHold' | 'getHold' | 'releaseHold' | 'confirmHold' | 'bookSeats' | 'cancelBooking'
>;

type AnswerOf<Kind extends ScreeningAnswer['kind']> = Extract<ScreeningAnswer, { readonly kind: Kind }>;

/** Asks the screening and takes the answer it expects. Rejects with an ApiError for a refusal or a failure. */
export function decided<Kind extends ScreeningAnswer['kind']>(
  router: CommandRouter,
  screeningId: string,
  command: ScreeningCommand,
  { deadlineMs }: Call,
  kind: Kind,
): Promise<AnswerOf<Kind>> {
  return ask(router, screeningId, command, deadlineMs).then((outcome) => answerOf(outcome, kind));
}

/** @throws ApiError */
function answerOf<Kind extends ScreeningAnswer['kind']>(outcome: Outcome<ScreeningAnswer>, kind: Kind): AnswerOf<Kind> {
  if (outcome.kind === 'failed') throw failureError(outcome.failure);
  const { answer } = outcome;
  if (answer.kind === 'refused') throw refusalError(answer.refusal);
  if (isOfKind(answer, kind)) return answer;
  throw new ApiError('INTERNAL', 'INTERNAL', 'internal error', {}, [], {
    cause: `${kind} was answered ${answer.kind}`,
  });
}

/** What a replica asks the owner: everything if there is anything newer than what it knows. @throws ApiError */
export async function askForSeatStates(
  router: CommandRouter,
  screeningId: string,
  knownRevision: number | undefined,
  deadlineMs: number,
): Promise<OwnerState> {
  const command = { kind: 'get-seat-states', knownRevision } as const;
  const outcome = await ask(router, screeningId, command, deadlineMs);
  const { seatStates } = answerOf(outcome, 'seat-states');
  return { epoch: outcome.kind === 'answered' ? outcome.epoch : 0, ...seatStates };
}

function isOfKind<Kind extends ScreeningAnswer['kind']>(answer: ScreeningAnswer, kind: Kind): answer is AnswerOf<Kind> {
  return answer.kind === kind;
}

/** The commands a screening decides: check the request, ask the owner, say what it said. */
export function seatCommands(router: CommandRouter): SeatCommands {
  return {
    async holdSeats(request, call) {
      // Field by field: this is the method everybody calls at once, and spreading costs.
      const checked = schemas.read(schemas.holdSeats, request);
      const { screeningId } = checked;
      const command: HoldSeats = {
        kind: 'hold-seats',
        requestId: checked.requestId,
        buyerId: checked.buyerId,
        seatIds: checked.seatIds,
        ttlMs: checked.ttl,
        revision: checked.revision,
        validateOnly: checked.validateOnly,
      };
      const { hold, revision } = await decided(router, screeningId, command, call, 'held');
      return { hold: holdMessage(screeningId, hold), revision };
    },
    async extendHold(request, call) {
      const { screeningId, ttl: ttlMs, ...rest } = schemas.read(schemas.extendHold, request);
      const { hold, revision } = await decided(
        router,
        screeningId,
        { kind: 'extend-hold', ttlMs, ...rest },
        call,
        'extended',
      );
      return { hold: holdMessage(screeningId, hold), revision };
    },
    async getHold(request, call) {
      const { screeningId, ...rest } = schemas.read(schemas.getHold, request);
      const { hold } = await decided(router, screeningId, { kind: 'get-hold', ...rest }, call, 'hold');
      return { hold: holdMessage(screeningId, hold) };
    },
    async releaseHold(request, call) {
      const { screeningId, ...rest } = schemas.read(schemas.releaseHold, request);
      const { hold, releasedSeatIds, revision } = await decided(
        router,
        screeningId,
        { kind: 'release-hold', ...rest },
        call,
        'released',
      );
      return {
        hold: hold === undefined ? undefined : holdMessage(screeningId, hold),
        releasedSeatIds: [...releasedSeatIds],
        revision,
      };
    },
    async confirmHold(request, call) {
      const { screeningId, ...rest } = schemas.read(schemas.confirmHold, request);
      const { booking, revision } = await decided(
        router,
        screeningId,
        { kind: 'confirm-hold', ...rest },
        call,
        'booked',
      );
      return { booking: bookingMessage(screeningId, booking), revision };
    },
    async bookSeats(request, call) {
      const { screeningId, ...rest } = schemas.read(schemas.bookSeats, request);
      const { booking, revision } = await decided(
        router,
        screeningId,
        { kind: 'book-seats', revision: undefined, ...rest },
        call,
        'booked',
      );
      return { booking: bookingMessage(screeningId, booking), revision };
    },
    async cancelBooking(request, call) {
      const { screeningId, ...rest } = schemas.read(schemas.cancelBooking, request);
      const { booking, cancelledSeatIds, revision } = await decided(
        router,
        screeningId,
        { kind: 'cancel-booking', ...rest },
        call,
        'booking-cancelled',
      );
      return { booking: bookingMessage(screeningId, booking), cancelledSeatIds: [...cancelledSeatIds], revision };
    },
  };
}

import type { Prng } from '../../support/prng.js';
import type { Operation } from '../history.js';
import { history, refused, was, type Told } from './told.js';

type Ok<Kind extends Operation['request']['kind']> = Operation & {
  readonly request: Extract<Operation['request'], { kind: Kind }>;
  readonly outcome: Extract<Operation['outcome'], { kind: 'ok' }>;
  readonly returnedMs: number;
};

/**
 * Ways to make a linearizable history whose outcomes are all known one that is not.
 * Each answers a spoilt copy, or undefined where the history offers no occasion.
 */
export const spoilers: Readonly<
  Record<string, (operations: readonly Operation[], chance: Prng) => readonly Operation[] | undefined>
> = {
  'a seat is sold a second time while it is booked'(operations, chance) {
    return withOneMore(operations, chance, (sale) => {
      const [seat] = sale.outcome.answer.seatIds;
      const untilMs = firstAbout(
        operations,
        sale,
        (other) => 'bookingId' in other && other.bookingId === sale.outcome.answer.id,
      );
      return seat === undefined ? undefined : was.held(inside(sale.returnedMs, untilMs), 'thief', seat, 'stolen');
    });
  },

  'a booking is not found while it is active'(operations, chance) {
    return withOneMore(operations, chance, (sale) => {
      const { id, seatIds } = sale.outcome.answer;
      const untilMs = firstAbout(operations, sale, (other) => 'bookingId' in other && other.bookingId === id);
      const found = was.foundBooking(inside(sale.returnedMs, untilMs), id, seatIds.join(' '));
      return was.instead(found, refused('BOOKING_NOT_FOUND'));
    });
  },

  'a hold is found after it was confirmed'(operations, chance) {
    return withOneMore(operations, chance, ({ request, returnedMs, outcome }) => {
      if (request.kind !== 'confirm') return undefined;
      const { seatIds } = outcome.answer;
      const span = inside(returnedMs, Infinity);
      return was.foundHold(span, request.buyerId, request.holdToken, seatIds.join(' '), span[0] + 1_000);
    });
  },

  'a hold is confirmed that nobody was given'(operations, chance) {
    const confirmed = operations.flatMap(({ request, outcome }) =>
      request.kind === 'confirm' && outcome.kind === 'ok' ? [request.holdToken] : [],
    );
    if (confirmed.length === 0) return undefined;
    const token = chance.pick(confirmed);
    return operations.filter(
      ({ request, outcome }) => !(request.kind === 'hold' && outcome.kind === 'ok' && outcome.answer.id === token),
    );
  },

  'a seat is refused that is free'(operations, chance) {
    const given = operations.filter(isOk('cancel')).filter(({ outcome }) => outcome.answer.goneSeatIds !== undefined);
    const free = given.flatMap((cancelled) => {
      const [seat = ''] = cancelled.outcome.answer.goneSeatIds ?? [];
      const untilMs = firstAbout(
        operations,
        cancelled,
        (other) => 'seatIds' in other && other.seatIds.includes(seat),
        0,
      );
      return untilMs > cancelled.returnedMs ? [{ seat, span: inside(cancelled.returnedMs, untilMs) }] : [];
    });
    if (free.length === 0) return undefined;
    const { seat, span } = chance.pick(free);
    return merged(operations, was.refusedSeats(span, 'unlucky', seat, { [seat]: 'SEAT_HELD' }));
  },

  'a change is numbered as if it came before one that was answered'(operations, chance) {
    const changes = operations.filter(isChange);
    const late = changes.filter((change) => changes.some((other) => other.returnedMs < change.invokedMs));
    if (late.length === 0) return undefined;
    const spoilt = chance.pick(late);
    const answer = { ...spoilt.outcome.answer, revision: 1 };
    return operations.map((operation) =>
      operation === spoilt ? { ...operation, outcome: { kind: 'ok', answer } } : operation,
    );
  },
};

/** The history and one more operation that an acknowledged sale forbids. */
function withOneMore(
  operations: readonly Operation[],
  chance: Prng,
  make: (sale: Ok<'confirm' | 'book'>) => Told | undefined,
): readonly Operation[] | undefined {
  const sales = [...operations.filter(isOk('confirm')), ...operations.filter(isOk('book'))];
  const more = sales.flatMap((sale) => make(sale) ?? []);
  return more.length === 0 ? undefined : merged(operations, chance.pick(more));
}

function merged(operations: readonly Operation[], more: Told): readonly Operation[] {
  const screeningId = operations[0]?.screeningId ?? '';
  return history(...operations, { ...more, screeningId });
}

/** When something that is about the same was first invoked after this began. */
function firstAbout(
  operations: readonly Operation[],
  after: Ok<'confirm' | 'book' | 'cancel'>,
  isAbout: (request: Operation['request']) => boolean,
  fromMs = after.returnedMs,
): number {
  const concerned = operations.filter(
    (other) =>
      other !== after && isAbout(other.request) && (other.returnedMs ?? Infinity) > Math.max(fromMs, after.invokedMs),
  );
  return Math.min(Infinity, ...concerned.map(({ invokedMs }) => invokedMs));
}

/** A span wholly between the two. */
function inside(fromMs: number, byMs: number): readonly [number, number] {
  const lengthMs = Math.min(byMs - fromMs, 10);
  return [fromMs + lengthMs / 3, fromMs + (lengthMs * 2) / 3];
}

function isOk<Kind extends Operation['request']['kind']>(kind: Kind): (operation: Operation) => operation is Ok<Kind> {
  return (operation): operation is Ok<Kind> => operation.request.kind === kind && operation.outcome.kind === 'ok';
}

function isChange(operation: Operation): operation is Ok<Operation['request']['kind']> {
  return operation.outcome.kind === 'ok' && operation.outcome.answer.revision !== undefined;
}

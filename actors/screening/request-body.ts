import type { ScreeningCommand } from './commands.js';

type Mutation = Exclude<ScreeningCommand, { readonly kind: 'get-hold' | 'get-seat-states' }>;

/**
 * The body of a mutation as text: equal exactly when two requests ask for the same. Its
 * hash is kept in journals, so an existing kind's form never changes.
 */
export function requestBody(command: Mutation): readonly string[] {
  switch (command.kind) {
    case 'hold-seats':
      return [dry(command, 'hold'), String(command.ttlMs), String(command.revision), ...command.seatIds];
    case 'extend-hold':
      return ['extend', command.holdToken, String(command.ttlMs)];
    case 'release-hold':
      return ['release', command.holdToken, ...command.seatIds];
    case 'confirm-hold':
      return ['confirm', command.holdToken];
    case 'book-seats':
      return [dry(command, 'book'), String(command.revision), ...command.seatIds];
    case 'cancel-booking':
      return ['cancel-booking', command.bookingId, ...command.seatIds];
    case 'update-screening': {
      const {
        title,
        startsAtMs,
        salesOpenAtMs,
        salesCloseAtMs,
        maxSeatsPerRequest,
        maxSeatsPerBuyer,
        holdTtlMs,
        holdLifetimeMaxMs,
      } = command.terms;
      const fields = [
        title,
        startsAtMs,
        salesOpenAtMs,
        salesCloseAtMs,
        maxSeatsPerRequest,
        maxSeatsPerBuyer,
        holdTtlMs,
        holdLifetimeMaxMs,
      ];
      return ['update-screening', String(command.revision), ...fields.map(String)];
    }
    case 'cancel-screening':
      return ['cancel-screening', String(command.revision)];
  }
}

/** A dry run never is a repeat of the real thing: it must not be answered with its token. */
function dry({ validateOnly }: { readonly validateOnly: boolean }, kind: string): string {
  return validateOnly ? `validate-only ${kind}` : kind;
}

import type { ScreeningCommand } from './commands.js';

type Mutation = Exclude<ScreeningCommand, { readonly kind: 'get-hold' | 'get-seat-states' }>;

/**
 * The body of a mutation as one string: equal exactly when two requests ask for the
 * same. Its hash is kept in journals, so an existing kind's form never changes.
 * Parts are joined with a control character, which no id may contain.
 */
export function requestBody(command: Mutation): string {
  switch (command.kind) {
    case 'hold-seats':
      return `${dry(command)}hold\n${String(command.ttlMs)}\n${String(command.revision)}\n${command.seatIds.join('\n')}`;
    case 'extend-hold':
      return `extend\n${command.holdToken}\n${String(command.ttlMs)}`;
    case 'release-hold':
      return `release\n${command.holdToken}\n${command.seatIds.join('\n')}`;
    case 'confirm-hold':
      return `confirm\n${command.holdToken}`;
    case 'book-seats':
      return `${dry(command)}book\n${String(command.revision)}\n${command.seatIds.join('\n')}`;
    case 'cancel-booking':
      return `cancel-booking\n${command.bookingId}\n${command.seatIds.join('\n')}`;
    case 'update-screening': {
      const { title, startsAtMs, salesOpenAtMs, salesCloseAtMs, maxSeatsPerRequest, maxSeatsPerBuyer, holdTtlMs, holdLifetimeMaxMs } =
        command.terms;
      const fields = [title, startsAtMs, salesOpenAtMs, salesCloseAtMs, maxSeatsPerRequest, maxSeatsPerBuyer, holdTtlMs, holdLifetimeMaxMs];
      return `update-screening\n${String(command.revision)}\n${fields.map(String).join('\n')}`;
    }
    case 'cancel-screening':
      return `cancel-screening\n${String(command.revision)}`;
  }
}

/** A dry run never is a repeat of the real thing: it must not be answered with its token. */
function dry({ validateOnly }: { readonly validateOnly: boolean }): string {
  return validateOnly ? 'validate-only\n' : '';
}

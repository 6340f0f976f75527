import { Command } from 'commander';
import type { Booking } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import { SeatServiceService as seatService } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { bookingStateName } from './api-json.js';
import {
  buyerOption,
  limitOption,
  requestIdOption,
  revisionOption,
  withToken,
  type MutationOptions,
} from './arguments.js';
import { table, timeText } from './output.js';
import { readPages } from './pages.js';
import { inSession } from './session.js';

interface BookOptions extends MutationOptions {
  readonly buyer: string;
  readonly revision?: number;
  readonly dryRun?: boolean;
}

interface CancelOptions extends MutationOptions {
  readonly buyer: string;
  readonly seats?: string[];
}

interface ListOptions {
  readonly screening?: string;
  readonly buyer?: string;
  readonly limit: number;
}

/** `cinema book`, `cancel` and `bookings`. */
export function bookingCommands(): readonly Command[] {
  return [bookCommand(), cancelCommand(), bookingsCommand()];
}

/** A booking in a line. */
export function bookingLines(booking: Booking | undefined): readonly string[] {
  if (booking === undefined) return [];
  const name = booking.bookingId === '' ? 'seats are free' : `booking ${booking.bookingId}`;
  return [`${name}: ${booking.seatIds.length === 0 ? bookingStateName(booking.state) : booking.seatIds.join(' ')}`];
}

function bookCommand(): Command {
  return new Command('book')
    .description('sell seats without a hold (staff)')
    .argument('<screening>')
    .argument('<seat...>')
    .addOption(buyerOption())
    .addOption(revisionOption())
    .option('--dry-run', 'decide and answer, but change nothing')
    .addOption(requestIdOption())
    .action(async (screeningId: string, seatIds: string[], options: BookOptions, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const response = await client.call(seatService.bookSeats, {
          requestId: options.requestId,
          screeningId,
          buyerId: options.buyer,
          seatIds,
          revision: options.revision,
          validateOnly: options.dryRun ?? false,
        });
        output.answer(response, () => bookingLines(response.booking));
      }),
    );
}

function cancelCommand(): Command {
  const command = new Command('cancel').description('give back seats of a booking').argument('<screening>');
  return withToken(command, 'booking', "the booking's id")
    .addOption(buyerOption())
    .option('--seats <seat...>', 'only these')
    .addOption(requestIdOption())
    .action(
      async (screeningId: string, bookingId: string, { requestId, buyer, seats }: CancelOptions, command: Command) =>
        inSession(command, async ({ client, output }) => {
          const response = await client.call(seatService.cancelBooking, {
            requestId,
            screeningId,
            buyerId: buyer,
            bookingId,
            seatIds: seats ?? [],
          });
          output.answer(response, () => [
            `cancelled ${response.cancelledSeatIds.join(' ')}`,
            ...bookingLines(response.booking),
          ]);
        }),
    );
}

function bookingsCommand(): Command {
  return new Command('bookings')
    .description('list bookings, newest first')
    .option('--screening <id>', 'of this screening')
    .option('--buyer <id>', 'of this buyer')
    .addOption(limitOption('bookings', 100))
    .action(async ({ screening, buyer, limit }: ListOptions, command: Command) => {
      if (screening === undefined && buyer === undefined) command.error('error: name a --screening, a --buyer or both');
      await inSession(command, async ({ client, output }) => {
        const bookings = await readPages(limit, async (page) => {
          const request = { screeningId: screening ?? '', buyerId: buyer ?? '', ...page };
          const { bookings: items, nextPageToken } = await client.call(seatService.listBookings, request);
          return { items, nextPageToken };
        });
        output.answer({ bookings }, () =>
          table(
            ['booking', 'screening', 'buyer', 'state', 'seats', 'created'],
            bookings.map((booking) => [
              booking.bookingId,
              booking.screeningId,
              booking.buyerId,
              bookingStateName(booking.state),
              booking.seatIds.join(' '),
              timeText(booking.createTime),
            ]),
          ),
        );
      });
    });
}

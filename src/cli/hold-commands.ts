import { Command } from 'commander';
import type { Hold } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import { SeatServiceService as seatService } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import {
  buyerOption,
  durationOf,
  requestIdOption,
  revisionOption,
  ttlOption,
  withToken,
  type MutationOptions,
} from './arguments.js';
import { bookingLines } from './booking-commands.js';
import { clockText } from './output.js';
import { inSession } from './session.js';

interface BuyerOptions extends MutationOptions {
  readonly buyer: string;
}

interface HoldOptions extends BuyerOptions {
  readonly ttlSeconds?: number;
  readonly revision?: number;
  readonly dryRun?: boolean;
}

/** `cinema hold`, `extend`, `release` and `confirm`: the way of a buyer. */
export function holdCommands(): readonly Command[] {
  return [holdCommand(), extendCommand(), releaseCommand(), confirmCommand()];
}

function holdCommand(): Command {
  return new Command('hold')
    .description('take seats for a short time')
    .argument('<screening>')
    .argument('<seat...>')
    .addOption(buyerOption())
    .addOption(ttlOption())
    .addOption(revisionOption())
    .option('--dry-run', 'decide and answer, but change nothing')
    .addOption(requestIdOption())
    .action(async (screeningId: string, seatIds: string[], options: HoldOptions, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const response = await client.call(seatService.holdSeats, {
          requestId: options.requestId,
          screeningId,
          buyerId: options.buyer,
          seatIds,
          ttl: durationOf(options.ttlSeconds),
          revision: options.revision,
          validateOnly: options.dryRun ?? false,
        });
        output.answer(response, () => holdLines(response.hold));
      }),
    );
}

function extendCommand(): Command {
  return onHold('extend', "move a hold's end")
    .addOption(ttlOption())
    .action(async (screeningId: string, holdToken: string, options: HoldOptions, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const { requestId, buyer: buyerId, ttlSeconds } = options;
        const ttl = durationOf(ttlSeconds);
        const response = await client.call(seatService.extendHold, { requestId, screeningId, buyerId, holdToken, ttl });
        output.answer(response, () => holdLines(response.hold));
      }),
    );
}

function releaseCommand(): Command {
  return onHold('release', 'give back seats of a hold')
    .option('--seats <seat...>', 'only these')
    .action(
      async (
        screeningId: string,
        holdToken: string,
        options: BuyerOptions & { readonly seats?: string[] },
        command: Command,
      ) =>
        inSession(command, async ({ client, output }) => {
          const response = await client.call(seatService.releaseHold, {
            requestId: options.requestId,
            screeningId,
            buyerId: options.buyer,
            holdToken,
            seatIds: options.seats ?? [],
          });
          output.answer(response, () => [
            `released ${response.releasedSeatIds.join(' ')}`,
            ...(response.hold === undefined ? [] : holdLines(response.hold)),
          ]);
        }),
    );
}

function confirmCommand(): Command {
  return onHold('confirm', 'turn a hold into a booking').action(
    async (screeningId: string, holdToken: string, { requestId, buyer }: BuyerOptions, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const response = await client.call(seatService.confirmHold, {
          requestId,
          screeningId,
          buyerId: buyer,
          holdToken,
        });
        output.answer(response, () => bookingLines(response.booking));
      }),
  );
}

function onHold(name: string, description: string): Command {
  const command = new Command(name).description(description).argument('<screening>');
  return withToken(command, 'token', "the hold's token").addOption(buyerOption()).addOption(requestIdOption());
}

function holdLines(hold: Hold | undefined): readonly string[] {
  if (hold === undefined) return [];
  const token = hold.holdToken === '' ? 'seats are free' : `hold ${hold.holdToken}`;
  return [
    `${token}: ${hold.seatIds.join(' ')} until ${clockText(hold.expireTime)} (at most ${clockText(hold.maxExpireTime)})`,
  ];
}

import { Command } from 'commander';
import { SeatServiceService as seatService } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { changeKindName } from './api-json.js';
import { limitOption, wholeNumber } from './arguments.js';
import { table, timeText } from './output.js';
import { readPages } from './pages.js';
import { inSession } from './session.js';

/** `cinema changes`: what happened to a screening. */
export function changesCommand(): Command {
  return new Command('changes')
    .description('show the change history of a screening, oldest first')
    .argument('<screening>')
    .option('--from <revision>', 'first revision to show', wholeNumber(1))
    .addOption(limitOption('changes', 1_000))
    .action(
      async (screeningId: string, options: { readonly from?: number; readonly limit: number }, command: Command) =>
        inSession(command, async ({ client, output }) => {
          const changes = await readPages(options.limit, async (page) => {
            const request = { screeningId, fromRevision: options.from ?? 0, ...page };
            const { changes: items, nextPageToken } = await client.call(seatService.listStatusChanges, request);
            return { items, nextPageToken };
          });
          output.answer({ changes }, () =>
            table(
              ['revision', 'time', 'change', 'seats'],
              changes.map(({ revision, changeTime, kind, seatIds }) => [
                String(revision),
                timeText(changeTime),
                changeKindName(kind),
                seatIds.join(' '),
              ]),
            ),
          );
        }),
    );
}

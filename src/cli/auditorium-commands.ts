import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { ScreeningServiceService as screeningService } from '../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import { limitOption, requestIdOption, type MutationOptions } from './arguments.js';
import { table, timeText } from './output.js';
import { readPages } from './pages.js';
import { inSession } from './session.js';

interface ImportOptions extends MutationOptions {
  readonly id?: string;
  readonly dryRun?: boolean;
}

/** `cinema auditorium ...` */
export function auditoriumCommand(): Command {
  return new Command('auditorium')
    .description('rooms with a seating plan')
    .addCommand(importCommand())
    .addCommand(listCommand());
}

function importCommand(): Command {
  return new Command('import')
    .description('import a seating plan (open seating-plan JSON) as a new auditorium')
    .argument('<file>', 'the plan')
    .option('--id <auditorium>', 'its id; drawn when not given')
    .option('--dry-run', 'check the plan and keep nothing')
    .addOption(requestIdOption())
    .action(async (file: string, options: ImportOptions, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const seatingPlanJson = await readFile(file);
        const { auditorium } = await output.during(
          `importing ${file} (${Math.ceil(seatingPlanJson.length / 1024)} KiB)`,
          () =>
            client.call(screeningService.createAuditorium, {
              requestId: options.requestId,
              auditoriumId: options.id ?? '',
              seatingPlanJson,
              validateOnly: options.dryRun ?? false,
            }),
        );
        output.answer(auditorium, () => [
          `${options.dryRun === true ? 'plan is right' : `auditorium ${auditorium?.auditoriumId ?? ''}`}: ${auditorium?.name ?? ''}, ${auditorium?.capacity ?? 0} seats`,
          ...(auditorium?.categories ?? []).map(({ name, seats }) => `  ${name}: ${seats}`),
        ]);
      }),
    );
}

function listCommand(): Command {
  return new Command('list')
    .description('list auditoriums by id')
    .addOption(limitOption('auditoriums', 1_000))
    .action(async ({ limit }: { readonly limit: number }, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const auditoriums = await readPages(limit, async (page) => {
          const { auditoriums: items, nextPageToken } = await client.call(screeningService.listAuditoriums, page);
          return { items, nextPageToken };
        });
        output.answer({ auditoriums }, () =>
          table(
            ['auditorium', 'name', 'seats', 'categories', 'created'],
            auditoriums.map(({ auditoriumId, name, capacity, categories, createTime }) => [
              auditoriumId,
              name,
              String(capacity),
              categories.map((category) => category.name).join(', '),
              timeText(createTime),
            ]),
          ),
        );
      }),
    );
}

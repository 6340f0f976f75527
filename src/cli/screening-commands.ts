import { Command, Option } from 'commander';
import type { Screening } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import { ScreeningServiceService as screeningService } from '../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import { ClusterServiceService as clusterService } from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { durationOf, limitOption, moment, requestIdOption, wholeNumber, type MutationOptions } from './arguments.js';
import { table, timeText } from './output.js';
import { readPages } from './pages.js';
import { inSession } from './session.js';

interface CreateOptions extends MutationOptions {
  readonly id?: string;
  readonly auditorium: string;
  readonly title: string;
  readonly startsAt: Date;
  readonly salesOpenAt?: Date;
  readonly salesCloseAt?: Date;
  readonly maxSeatsPerRequest?: number;
  readonly maxSeatsPerBuyer?: number;
  readonly holdTtlSeconds?: number;
  readonly holdLifetimeMaxSeconds?: number;
  readonly block?: string[];
}

/** `cinema screening ...` */
export function screeningCommand(): Command {
  return new Command('screening')
    .description('showings in an auditorium')
    .argument('[screening]')
    .option('--where', 'which node has the screening, and which should have it')
    .action(async (screeningId: string | undefined, { where = false }: WhereOptions, command: Command) => {
      if (screeningId === undefined || !where)
        command.error('error: name a screening and say --where, or say create or list');
      else await showWhere(screeningId, command);
    })
    .addCommand(createCommand())
    .addCommand(listCommand());
}

interface WhereOptions {
  readonly where?: boolean;
}

async function showWhere(screeningId: string, command: Command): Promise<void> {
  await inSession(command, async ({ client, output }) => {
    const location = await client.call(clusterService.locateScreening, { screeningId });
    const { ownerNodeId, ownerGrpcAddress, holderNodeId, holderBootId, epoch, revision } = location;
    const owner = ownerNodeId === '' ? 'nobody: no node takes screenings' : `${ownerNodeId}, gRPC ${ownerGrpcAddress}`;
    const holder =
      holderNodeId === ''
        ? 'nobody yet: it comes into memory with its first command'
        : `${holderNodeId}, boot ${holderBootId}, epoch ${epoch}`;
    output.answer(location, () => [
      `screening ${screeningId}, revision ${revision}`,
      `  should be at   ${owner}`,
      `  last taken by  ${holder}`,
    ]);
  });
}

function createCommand(): Command {
  const time = (flags: string, description: string) => new Option(flags, description).argParser(moment);
  const count = (flags: string, description: string) => new Option(flags, description).argParser(wholeNumber(1));
  return new Command('create')
    .description('open a screening')
    .requiredOption('--auditorium <id>', 'where it is')
    .requiredOption('--title <text>', 'what is shown')
    .addOption(time('--starts-at <time>', 'for example 2031-05-01T20:00:00Z').makeOptionMandatory())
    .option('--id <screening>', 'its id; drawn when not given')
    .addOption(time('--sales-open-at <time>', 'now when not given'))
    .addOption(time('--sales-close-at <time>', 'the start when not given'))
    .addOption(count('--max-seats-per-request <n>', 'most seats of one hold'))
    .addOption(count('--max-seats-per-buyer <n>', 'most seats one buyer has, held and booked'))
    .addOption(count('--hold-ttl-seconds <n>', 'how long a hold is when nothing else is asked for'))
    .addOption(count('--hold-lifetime-max-seconds <n>', 'how long a hold is at most, extensions included'))
    .option('--block <seat...>', 'seats kept off sale')
    .addOption(requestIdOption())
    .action(async (options: CreateOptions, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const { screening } = await client.call(screeningService.createScreening, {
          requestId: options.requestId,
          screeningId: options.id ?? '',
          auditoriumId: options.auditorium,
          title: options.title,
          startsAt: options.startsAt,
          salesOpenAt: options.salesOpenAt,
          salesCloseAt: options.salesCloseAt,
          limits: {
            maxSeatsPerRequest: options.maxSeatsPerRequest ?? 0,
            maxSeatsPerBuyer: options.maxSeatsPerBuyer ?? 0,
            holdTtl: durationOf(options.holdTtlSeconds),
            holdLifetimeMax: durationOf(options.holdLifetimeMaxSeconds),
          },
          blockedSeatIds: options.block ?? [],
        });
        output.answer(screening, () => [
          `screening ${screening?.screeningId ?? ''}: ${screening?.title ?? ''}, ${timeText(screening?.startsAt)}, ${screening?.capacity ?? 0} seats`,
        ]);
      }),
    );
}

function salesText({ cancelled, salesOpenAt, salesCloseAt }: Screening, nowMs: number): string {
  if (cancelled) return 'cancelled';
  const isBefore = salesOpenAt !== undefined && nowMs < salesOpenAt.getTime();
  return isBefore ? `from ${timeText(salesOpenAt)}` : `until ${timeText(salesCloseAt)}`;
}

function listCommand(): Command {
  return new Command('list')
    .description('list screenings by start')
    .addOption(limitOption('screenings', 1_000))
    .option('--upcoming', 'only those that have not begun, or are still sold', false)
    .action(async ({ limit, upcoming }: { readonly limit: number; readonly upcoming: boolean }, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const screenings = await readPages(limit, async (page) => {
          const { screenings: items, nextPageToken } = await client.call(screeningService.listScreenings, {
            ...page,
            upcoming,
          });
          return { items, nextPageToken };
        });
        output.answer({ screenings }, () =>
          table(
            ['screening', 'title', 'starts', 'auditorium', 'seats', 'sales'],
            screenings.map((screening) => [
              screening.screeningId,
              screening.title,
              timeText(screening.startsAt),
              screening.auditoriumId,
              String(screening.capacity),
              salesText(screening, Date.now()),
            ]),
          ),
        );
      }),
    );
}

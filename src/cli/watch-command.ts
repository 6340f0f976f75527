import { status } from '@grpc/grpc-js';
import { Command } from 'commander';
import type { SeatCounts } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import {
  SeatServiceService as seatService,
  type WatchSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { seatStateName } from './api-json.js';
import { CallFailed, type BoxOfficeClient } from './box-office-client.js';
import { retryDelayMsOf } from './failure.js';
import { clockText, type Output } from './output.js';
import { inSession } from './session.js';

const RECONNECT_DELAY_MIN_MS = 250;
const RECONNECT_DELAY_MAX_MS = 5_000;

/**
 * Codes of a stream that is worth opening again: the node went away, asks us to go
 * elsewhere, or could not come to where we were in time.
 */
const passing: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.INTERNAL,
  status.UNKNOWN,
  status.ABORTED,
]);

/** `cinema watch`: live changes, one line each, until Ctrl-C. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('show seats change, live, until Ctrl-C')
    .argument('<screening>')
    .action(async (screeningId: string, _options: unknown, command: Command) =>
      inSession(command, async ({ client, output }) => {
        const stop = new AbortController();
        const end = (): void => stop.abort();
        process.once('SIGINT', end);
        process.once('SIGTERM', end);
        try {
          await watch(client, screeningId, stop.signal, output);
        } finally {
          process.off('SIGINT', end);
          process.off('SIGTERM', end);
        }
      }),
    );
}

/** Goes on from the last frame seen whenever the connection breaks. */
async function watch(client: BoxOfficeClient, screeningId: string, stop: AbortSignal, output: Output): Promise<void> {
  let resumeToken = '';
  let delayMs = RECONNECT_DELAY_MIN_MS;
  const isStopped = (): boolean => stop.aborted;
  while (!isStopped()) {
    const show = (frame: WatchSeatsResponse): void => {
      resumeToken = frame.resumeToken;
      delayMs = RECONNECT_DELAY_MIN_MS;
      if (output.isJson) output.answer(frame, () => []);
      else for (const line of frameLines(frame)) output.line(line);
    };
    let why = 'the node ended the stream';
    let leastDelayMs = 0;
    try {
      await client.read(seatService.watchSeats, { screeningId, resumeToken }, show, stop);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const askedDelayMs = retryDelayMsOf(error.error);
      // A node that says when to come back is worth coming back to, whatever the code.
      if (askedDelayMs === undefined && !passing.has(error.error.code)) throw error;
      leastDelayMs = askedDelayMs ?? 0;
      why = error.message;
    }
    if (isStopped()) return;
    process.stderr.write(`connection lost (${why}); trying again\n`);
    await pause(Math.max(delayMs, leastDelayMs), stop);
    delayMs = Math.min(delayMs * 2, RECONNECT_DELAY_MAX_MS);
  }
}

function frameLines({ frame }: WatchSeatsResponse): readonly string[] {
  switch (frame?.$case) {
    case 'snapshot':
      return [`${clockText(new Date())}  revision ${frame.value.revision}  ${countsText(frame.value.counts)}`];
    case 'delta': {
      const { changeTime, revision, changes, counts } = frame.value;
      const at = `${clockText(changeTime)}  revision ${revision}`;
      return changes.map(({ seatId, state }) => `${at}  ${seatId} ${seatStateName(state)}  (${countsText(counts)})`);
    }
    case 'reset':
      return [`${clockText(new Date())}  missed some changes (${frame.value.reason}); starting anew`];
    case 'progress':
    case undefined:
      return [];
  }
}

/** Counts by state. */
function countsText(counts: SeatCounts | undefined): string {
  const { free, held, booked, blocked } = counts ?? { free: 0, held: 0, booked: 0, blocked: 0 };
  return `free ${free}, held ${held}, booked ${booked}, blocked ${blocked}`;
}

function pause(delayMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, delayMs);
    function done(): void {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    }
    stop.addEventListener('abort', done, { once: true });
  });
}

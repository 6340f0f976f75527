import { Command } from 'commander';
import { drawSeatMap } from './seat-map-drawing.js';
import { fetchSeatMap } from './seat-map-reply.js';
import { inSession } from './session.js';

const TIMEOUT_MS = 10_000;

/** `cinema map`: the hall, drawn. */
export function mapCommand(): Command {
  return new Command('map')
    .description('draw the seat map of a screening')
    .argument('<screening>')
    .action(async (screeningId: string, _options: unknown, command: Command) =>
      inSession(command, async ({ output, httpUrl, timeoutMs }) => {
        const map = await fetchSeatMap(httpUrl, screeningId, timeoutMs ?? TIMEOUT_MS);
        output.answer(map, () => drawSeatMap(map, output));
      }),
    );
}

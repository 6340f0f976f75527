import { Command } from 'commander';
import { httpUrlAt } from './http-address.js';
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
      inSession(command, async ({ client, output, httpUrl, timeoutMs }) => {
        // Where the seats are in the hall is told over HTTP alone.
        const url = httpUrl ?? (await httpUrlAt(client));
        const map = await fetchSeatMap(url, screeningId, timeoutMs ?? TIMEOUT_MS);
        output.answer(map, () => drawSeatMap(map, output));
      }),
    );
}

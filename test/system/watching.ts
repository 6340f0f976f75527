import type { ClientReadableStream } from '@grpc/grpc-js';
import type { WatchSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import type { SeatMapDelta, WatchSeatsRequest } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { readFailure, type ApiFailure, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';

export type Frame = NonNullable<WatchSeatsResponse['frame']>;

/** A viewer's stream and everything it was sent so far. */
export interface Watching {
  readonly frames: readonly WatchSeatsResponse[];
  readonly deltas: readonly SeatMapDelta[];
  /** The newest token seen. */
  readonly resumeToken: string;
  /** Kinds of the frames, in order. */
  readonly kinds: readonly string[];
  /** Resolves with the first frame for which it holds. */
  until(what: string, holds: (frame: WatchSeatsResponse) => boolean): Promise<WatchSeatsResponse>;
  /** Resolves when the server has refused or cut the stream. */
  failure(): Promise<ApiFailure>;
  /** Stops and starts reading. */
  pause(): void;
  resume(): void;
  stop(): void;
}

export function watch(
  client: BoxOfficeClient,
  request: Partial<WatchSeatsRequest> & { screeningId: string },
): Watching {
  const stream: ClientReadableStream<WatchSeatsResponse> = client.seats.watchSeats({ resumeToken: '', ...request });
  const frames: WatchSeatsResponse[] = [];
  let ended: unknown;
  stream.on('data', (frame: WatchSeatsResponse) => frames.push(frame));
  stream.on('error', (error) => (ended = error));
  return {
    frames,
    get deltas() {
      return frames.flatMap(({ frame }) => (frame?.$case === 'delta' ? [frame.value] : []));
    },
    get resumeToken() {
      return frames.findLast(({ resumeToken }) => resumeToken !== '')?.resumeToken ?? '';
    },
    get kinds() {
      return frames.map(({ frame }) =>
        frame?.$case === 'reset' ? `reset ${frame.value.reason}` : (frame?.$case ?? 'none'),
      );
    },
    async until(what, holds) {
      await eventually(`a frame with ${what}`, () => {
        if (ended !== undefined) throw new Error(`the stream ended while waiting for ${what}`, { cause: ended });
        return frames.some(holds);
      });
      const found = frames.find(holds);
      if (found === undefined) throw new Error(`no frame with ${what}`);
      return found;
    },
    async failure() {
      await eventually('the stream to be refused', () => ended !== undefined);
      return readFailure(ended);
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    stop: () => {
      stream.cancel();
    },
  };
}

export const isKind =
  (kind: Frame['$case']) =>
  ({ frame }: WatchSeatsResponse): boolean =>
    frame?.$case === kind;

/** A frame after which a viewer has everything up to this revision. */
export const reaches =
  (revision: number) =>
  ({ frame }: WatchSeatsResponse): boolean =>
    (frame?.$case === 'delta' || frame?.$case === 'snapshot') && frame.value.revision >= revision;

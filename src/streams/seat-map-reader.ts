import type { SeatMapView, SeatStreams } from './seat-stream.js';

/** Reads of a screening's seat map, for who looks once and does not stay. */
export interface SeatMapReader {
  /**
   * Calls `see` once with a committed map and gives what it made of it. The view is good
   * until `see` returns. One reader never sees epoch or revision go back.
   * @throws ApiError as SeatStreams.open does
   */
  read<Result>(screeningId: string, deadlineMs: number, see: (view: SeatMapView) => Result): Promise<Result>;
}

/** Reads replicas, and starts them: the way of a node alone, whose replicas cost no message to anybody. */
export function replicaReader(streams: SeatStreams): SeatMapReader {
  return {
    async read(screeningId, deadlineMs, see) {
      const stream = await streams.open(screeningId, deadlineMs);
      try {
        return see(stream.view());
      } finally {
        stream.release();
      }
    },
  };
}

import { ApiError } from '../api/index.js';
import { refuseStream } from './refuse-stream.js';

/**
 * The open streams of one kind: no more than the node may have of them, and how each ends.
 * They would otherwise outlive a graceful stop: unary calls end by themselves, a watcher
 * does not.
 */
export class OpenStreams {
  private readonly ends = new Set<() => void>();
  private ending = false;

  /** @param onRefused told of every stream that is refused */
  constructor(
    private readonly streamsMax: number,
    private readonly onRefused: () => void,
  ) {}

  get size(): number {
    return this.ends.size;
  }

  /** The same method, which refuses what comes when there are as many as may be. It must `add` what it takes, at once. */
  limited<Stream extends Pick<NodeJS.EventEmitter, 'emit'>>(
    method: (stream: Stream) => void,
  ): (stream: Stream) => void {
    return (stream) => {
      if (this.ends.size >= this.streamsMax) {
        this.onRefused();
        refuseStream(stream, tooManyStreams());
        return;
      }
      method(stream);
    };
  }

  /** `end` is called when the server stops, or at once if it is stopping. Call what is returned when the stream closed. */
  add(end: () => void): () => void {
    this.ends.add(end);
    if (this.ending) end();
    return () => {
      this.ends.delete(end);
    };
  }

  /** Asks every stream to end. Idempotent. */
  endAll(): void {
    this.ending = true;
    for (const end of this.ends) end();
  }
}

function tooManyStreams(): ApiError {
  return new ApiError('RESOURCE_EXHAUSTED', 'OVERLOADED', 'the node has as many streams of this kind as it may', {}, [
    { kind: 'retry-info', retryDelayMs: 1_000 },
  ]);
}

/**
 * The streams that would otherwise outlive a graceful stop: unary calls end by
 * themselves, a watcher does not.
 */
export class OpenStreams {
  private readonly ends = new Set<() => void>();
  private ending = false;

  get size(): number {
    return this.ends.size;
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

/** Sightings kept: enough to outlive a slow one, few enough to follow a clock that is set. */
const SIGHTINGS = 20;

/**
 * The server's clock as far as this browser can tell. Every sighting of a server time
 * is late by the way it took, so the least late one is nearest to the truth.
 */
export class ServerClock {
  private readonly offsetsMs: number[] = [];

  /** A time the server just said. */
  sighted(serverTime: string): void {
    const offsetMs = Date.now() - Date.parse(serverTime);
    if (Number.isNaN(offsetMs)) return;
    this.offsetsMs.push(offsetMs);
    if (this.offsetsMs.length > SIGHTINGS) this.offsetsMs.shift();
  }

  /** Never Infinity: without a sighting it is this browser's own clock. */
  now(): number {
    return Date.now() - (this.offsetsMs.length === 0 ? 0 : Math.min(...this.offsetsMs));
  }
}

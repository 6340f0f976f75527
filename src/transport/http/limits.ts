/** Every bound of the HTTP port, with its unit in its name. */
export interface HttpLimits {
  /** Longest request body. */
  readonly bodyBytesMax: number;
  /** From the arrival of a request to its answer, its body included. */
  readonly requestTimeoutMs: number;
  /** Requests being answered at once; more are refused 503. */
  readonly requestsInFlightMax: number;
  /** Most screenings of one page of GET /api/screenings; each costs a seat-map read. */
  readonly screeningsPerPageMax: number;
  /** WebSockets open at once; more are refused 503 before the upgrade. */
  readonly viewersMax: number;
  /** Longest message of a viewer; a longer one closes its socket. Viewers have next to nothing to say. */
  readonly viewerMessageBytesMax: number;
  /** A socket that answers no ping for this long is closed: 8 to 960. */
  readonly viewerIdleTimeoutSeconds: number;
  /** Unsent bytes from which on a socket is slow: it gets no more frames until it has read them, then a snapshot. */
  readonly slowViewerBytes: number;
  /** Unsent bytes at which a socket is closed; reached only when frames come faster than they can be checked. */
  readonly viewerBacklogBytesMax: number;
  /** How long close() waits for requests in flight and for viewers to say goodbye. */
  readonly closeTimeoutMs: number;
}

const defaultHttpLimits: HttpLimits = {
  // 1,000 seat ids of 128 characters and room to spare.
  bodyBytesMax: 256 * 1024,
  requestTimeoutMs: 10_000,
  requestsInFlightMax: 10_000,
  screeningsPerPageMax: 100,
  // A process may often open 20,000 files; leave some for HTTP, peers and the database.
  viewersMax: 18_000,
  viewerMessageBytesMax: 1024,
  viewerIdleTimeoutSeconds: 32,
  slowViewerBytes: 64 * 1024,
  viewerBacklogBytesMax: 1024 * 1024,
  closeTimeoutMs: 5_000,
};

const limitNames: readonly (keyof HttpLimits)[] = [
  'bodyBytesMax',
  'requestTimeoutMs',
  'requestsInFlightMax',
  'screeningsPerPageMax',
  'viewersMax',
  'viewerMessageBytesMax',
  'viewerIdleTimeoutSeconds',
  'slowViewerBytes',
  'viewerBacklogBytesMax',
  'closeTimeoutMs',
];

/** What is not a limit is passed over. @throws RangeError naming the limit, its value and what it may be. */
export function httpLimits(given: Partial<HttpLimits> = {}): HttpLimits {
  const limits = { ...defaultHttpLimits, ...given };
  for (const name of limitNames) {
    const value = limits[name];
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`${name} must be a whole number from 1 up, not ${String(value)}`);
  }
  const idle = limits.viewerIdleTimeoutSeconds;
  if (idle < 8 || idle > 960) throw new RangeError(`viewerIdleTimeoutSeconds must be 8 to 960, not ${String(idle)}`);
  if (limits.slowViewerBytes * 2 > limits.viewerBacklogBytesMax) {
    throw new RangeError(
      `viewerBacklogBytesMax (${String(limits.viewerBacklogBytesMax)}) must be at least twice slowViewerBytes (${String(limits.slowViewerBytes)})`,
    );
  }
  return limits;
}

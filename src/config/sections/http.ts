import { z } from 'zod';
import { ms, whole } from './fields.js';

/** Pages, sockets, health and metrics. */
export const http = z.strictObject({
  allowedOrigins: z
    .array(z.string().regex(/^https?:\/\/[^/]+$/, 'must be an origin such as https://example.com'))
    .default([])
    .describe("Other origins whose pages may call and watch; the page's own is always allowed"),
  bodyBytesMax: whole(256, 16_777_216)
    .default(262_144)
    .describe('Largest request body: 1,000 seat ids and room to spare'),
  requestTimeoutMs: ms(100, 600_000).default(10_000).describe('From the arrival of a request to its answer'),
  requestsInFlightMax: whole(1, 1_000_000)
    .default(10_000)
    .describe('Requests being answered at once; more are refused 503'),
  screeningsPerPageMax: whole(1, 1_000)
    .default(100)
    .describe('Most screenings of one page of the list; each costs a look at its seat map'),
  viewersMax: whole(1, 1_000_000)
    .default(18_000)
    .describe('Most sockets on this node; a process may often open 20,000 files'),
  viewerMessageBytesMax: whole(64, 65_536).default(1_024).describe('Largest message a viewer may send'),
  viewerIdleTimeoutSeconds: whole(8, 960).default(32).describe('A socket that answers no ping for this long is closed'),
  slowViewerBytes: whole(1_024, 16_777_216)
    .default(65_536)
    .describe('Unsent bytes from which a viewer is slow: it gets a reset and a new snapshot once it has read them'),
  viewerBacklogBytesMax: whole(2_048, 67_108_864)
    .default(1_048_576)
    .describe('Unsent bytes at which a viewer is cut off'),
});

import { z } from 'zod';
import { ms, whole } from './fields.js';

/** The API for box-office systems. */
export const grpc = z.strictObject({
  commandTimeoutMs: ms(100, 600_000)
    .default(10_000)
    .describe(
      'Deadline of a call that sets none, or a later one; the request of one that sets none may take as long to arrive',
    ),
  commandBytesMax: whole(1_024, 16_777_216)
    .default(1_048_576)
    .describe('Largest request of any method but CreateAuditorium'),
  seatingPlanBytesMax: whole(1_024, 268_435_456)
    .default(67_108_864)
    .describe('Largest CreateAuditorium request; 200,000 seats have some 26 MB'),
  callsMax: whole(1, 1_000_000)
    .default(10_000)
    .describe(
      'Most unary calls and commands of Execute streams under way on this node, calls about nodes aside; more are refused OVERLOADED',
    ),
  connectionsMax: whole(1, 1_000_000)
    .default(1_000)
    .describe(
      'Most connections to the gRPC port; more are cut as they come. Each is an open file and carries hundreds of calls: a box-office system needs one',
    ),
  callsPerConnectionMax: whole(1, 100_000)
    .default(512)
    .describe(
      'Most calls and streams under way on one connection; a client keeps the rest back. A call that waits here costs the node something in every collection of garbage',
    ),
  executePipelineMax: whole(1, 100_000).default(1_000).describe('Most unanswered commands of one Execute stream'),
  executeStreamsMax: whole(1, 100_000)
    .default(1_000)
    .describe(
      'Most Execute streams on this node; more are refused OVERLOADED. A caller needs one: two carry all that a node can do',
    ),
  watchersMax: whole(1, 100_000)
    .default(5_000)
    .describe(
      'Most WatchSeats streams on this node, as many health watchers, and as many streams of server reflection; more are refused OVERLOADED',
    ),
});

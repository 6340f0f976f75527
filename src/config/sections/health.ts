import { z } from 'zod';
import { ms } from './fields.js';

/** How a node proves that it works. */
export const health = z.strictObject({
  checkIntervalMs: ms(50, 60_000)
    .default(2_000)
    .describe('How often the node proves that it can run a turn and commit it'),
  stallMs: ms(500, 600_000)
    .default(15_000)
    .describe('A turn that has not ended by then means the node no longer makes progress'),
});

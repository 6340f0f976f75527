import { requireRedis } from '../redis.js';
import type { Scenario } from '../scenario.js';
import { outcomeOf } from '../viewers/outcome.js';
import { perform } from '../viewers/perform.js';
import { fullPlan, requireRoom, shortPlan } from '../viewers/plan.js';

const VIEWERS = 100_000;

export const viewers: Scenario = {
  name: 'viewers',
  title: 'Live viewers',
  about: [
    `Viewers of one screening, in the end ${VIEWERS.toLocaleString('en-US')} of them (with \`--short\` far fewer), are connected by WebSocket to nodes of a real cluster, and seats are sold at a steady rate.`,
    'Beside it, in turns, as many viewers watch bare uWebSockets.js servers that publish the same bytes (the floor), and some watch Socket.IO with its Redis adapter.',
    'Every viewer checks that every delta follows what it had; at the end its map must be the one that all nodes tell.',
    'See `bench/viewers/README.md`.',
  ].join(' '),
  async run({ home, isShort, progress }) {
    const plan = isShort ? shortPlan : fullPlan;
    requireRoom(plan);
    requireRedis();
    return outcomeOf(await perform(plan, { home, progress }), isShort ? undefined : VIEWERS);
  },
};

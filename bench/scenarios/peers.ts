import { HALL, HALL_SEATS, openContenders } from '../peers/contenders.js';
import { measureContenders, type PeerPlan } from '../peers/measure.js';
import { outcomeOf } from '../peers/outcome.js';
import { openPeerStage } from '../peers/peer-stage.js';
import type { Scenario } from '../scenario.js';

const full: PeerPlan = {
  trySeconds: 1,
  warmUpSeconds: 0.5,
  rounds: 8,
  roundSeconds: 1.5,
  // Together long enough that one pause of a process, of up to 0.3 s, does not decide the p99.
  pacedRounds: 8,
  pacedSeconds: 4,
};

const short: PeerPlan = {
  trySeconds: 0.2,
  warmUpSeconds: 0.1,
  rounds: 1,
  roundSeconds: 0.4,
  pacedRounds: 1,
  pacedSeconds: 0.5,
};

export const peers: Scenario = {
  name: 'peers',
  title: 'The same work on peers',
  about:
    '`HoldSeats` of the public API, one seat each, on one hot screening of 200,000 seats, behind grpc-js servers of one ' +
    'process each, on the same Postgres and the same Redis: this system (`ours`); a no-op on the same server (`floor`); one ' +
    'Lua script per hold in a Redis that syncs before it answers (`redis`); one transaction with `SELECT ... FOR UPDATE` ' +
    'per hold (`postgres`); and the design this system replaces (`classic`): a Bull job, a Redis lock per seat, a ' +
    'SERIALIZABLE transaction and a Socket.IO broadcast, tuned, and once more as it is without tuning (`classic-defaults`). All take turns in short rounds, each with the number of callers ' +
    'it liked best. [Method and tuning](../peers/README.md).',
  async run({ home, isShort, progress }) {
    const stage = await openPeerStage(home, HALL, HALL_SEATS);
    try {
      progress('starting the peers', 0);
      const contenders = await openContenders(stage);
      return outcomeOf(await measureContenders(stage, contenders, isShort ? short : full, progress));
    } finally {
      await stage.close();
    }
  },
};

import { expect } from 'chai';
import { RequestLog } from '../../actors/screening/request-log.js';
import { MemoryStore } from '../../src/cluster/memory/index.js';
import { Committer, EpochCheck } from '../../src/runtime/index.js';
import { screeningNotices } from '../../src/streams/index.js';
import { SeatMapReplica } from '../../src/streams/seat-map-replica.js';
import { CachedBookings } from '../../src/transport/api/index.js';
import { promisesAsMicrotasks } from './kernel/microtasks.js';
import { failureOf } from './report.js';
import { runSeed } from './scenario/run.js';
import type { SimulationOptions } from './scenario/simulation.js';

/** Puts something else in the place of a method; answers how to put it back. */
function replace<Part extends object, Name extends keyof Part>(
  part: Part,
  name: Name,
  replacement: (original: Part[Name]) => Part[Name],
): () => void {
  const original = part[name];
  part[name] = replacement(original);
  return () => {
    part[name] = original;
  };
}

/** A part that breaks a promise. */
interface Sabotage {
  readonly what: string;
  /** It is found within this many seeds. */
  readonly seeds: number;
  readonly found: RegExp;
  readonly options?: SimulationOptions;
  /** Answers how to put it right. */
  readonly begin?: () => () => void;
}

const sabotages: readonly Sabotage[] = [
  {
    what: 'a journal that takes rows of any epoch',
    seeds: 20,
    found: /epoch \d+ appended r\d+ after \d+ was claimed/,
    options: {
      sabotage: {
        append: async (asItShould, lane, turns, { owners }) => {
          const before = new Map(owners);
          for (const { entityId, epoch } of turns) {
            const owner = owners.get(entityId);
            if (owner !== undefined) owners.set(entityId, { ...owner, epoch });
          }
          const results = await asItShould(lane, turns);
          for (const { entityId } of turns) {
            const owner = owners.get(entityId);
            const epoch = before.get(entityId)?.epoch;
            if (owner !== undefined && epoch !== undefined) owners.set(entityId, { ...owner, epoch });
          }
          return results;
        },
      },
    },
  },
  {
    what: 'a journal that says committed and writes nothing',
    seeds: 5,
    found: /told of something that is not in the journal/,
    options: { sabotage: { append: (_asItShould, _lane, turns) => Promise.resolve(turns.map(() => 'committed')) } },
  },
  {
    what: 'an actor that answers before the commit',
    seeds: 5,
    found: /told of something that is not in the journal/,
    begin: () =>
      replace(Committer.prototype, 'append', (append) => {
        return function (this: Committer<unknown>, turn) {
          append.call(this, turn).catch(() => undefined);
          return Promise.resolve('committed');
        };
      }),
  },
  {
    what: 'an actor that does not prove that it is the owner before it refuses',
    seeds: 20,
    found: /was refused|was answered/,
    begin: () => replace(EpochCheck.prototype, 'isHeld', () => () => Promise.resolve(true)),
  },
  {
    what: 'a request log that forgets',
    seeds: 20,
    found: /had two effects|had been granted/,
    begin: () => replace(RequestLog.prototype, 'find', () => () => undefined),
  },
  {
    what: 'a replica that jumps over what it missed',
    seeds: 60,
    found: /seats are \d+ at r\d+, the journal made|not what r\d+ made/,
    begin: () =>
      replace(SeatMapReplica.prototype, 'apply', (apply) => {
        return function (this: SeatMapReplica, epoch, change) {
          if (change.revision > this.revision + 1) this.revision = change.revision - 1;
          return apply.call(this, epoch, change);
        };
      }),
  },
  {
    what: 'a node that forgets what it has told a buyer',
    // Four in a hundred notice.
    seeds: 300,
    found: /the list of buyer-\d is older than moment \d+/,
    begin: () => replace(CachedBookings.prototype, 'changed', () => () => undefined),
  },
  {
    what: 'a cache that keeps everything for ever',
    seeds: 40,
    found: /the list of buyer-\d is older than moment \d+|every node shows the newest revision/,
    begin: () => {
      const ends = [
        replace(screeningNotices, 'invalidates', () => () => []),
        replace(MemoryStore.prototype, 'entry', () => {
          return function (this: MemoryStore, key) {
            return this.entries.get(key);
          };
        }),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  },
];

describe('sabotage', function () {
  this.timeout(120_000);
  let restore: () => void;
  before(() => (restore = promisesAsMicrotasks()));
  after(() => {
    restore();
  });

  for (const { what, seeds, found, options = {}, begin } of sabotages) {
    it(`is found within ${String(seeds)} seeds: ${what}`, async () => {
      const end = begin?.();
      try {
        for (let seed = 1; seed <= seeds; seed += 1) {
          const { violation } = await runSeed(seed, options);
          if (violation === undefined) continue;
          expect(violation.message).to.match(found);
          return;
        }
        expect.fail(`${String(seeds)} seeds noticed nothing`);
      } finally {
        end?.();
      }
    });
  }

  it('is told with its seed first, as a story, and how to see it again', async () => {
    const options: SimulationOptions = {
      sabotage: { append: (_asItShould, _lane, turns) => Promise.resolve(turns.map(() => 'committed')) },
    };
    for (let seed = 1; ; seed += 1) {
      const result = await runSeed(seed, options);
      const { violation } = result;
      if (violation === undefined) continue;
      const { message } = await failureOf({ ...result, violation }, options);
      expect(message).to.match(new RegExp(`^SEED=${String(seed)}\n`));
      expect(message).to.include(violation.message).and.include('The run was repeated exactly.');
      expect(message).to.include(`npm run test:simulation -- --seed ${String(seed)} --trace`);
      expect(message).to.match(/ s {2}node-\d {5}tells: /);
      return;
    }
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { prng } from '../../support/prng.js';
import { historyText, type Operation } from '../history.js';
import { checkHistory } from './check-history.js';
import { withNoise } from './noise.js';
import { DOMAIN_CLOCK_SLACK_MS, randomHistory, usual } from './random-history.js';
import { spoilers } from './spoilers.js';

const run = promisify(execFile);

/** Go's sources are not compiled to dist. */
const sources = fileURLToPath(new URL('../../../../test/chaos/porcupine', import.meta.url));

/**
 * Porcupine's answers are not bound by what other operations say about when a hold can
 * have ended, so the two are compared on holds that outlive the history. The time of what
 * nobody heard of is up long before its end.
 */
const options = { ...usual, operations: 90, clients: 5, groups: 2, latestMs: 120, ttlsMs: [600_000] };

describe('The checker and Porcupine', function () {
  this.timeout(300_000);
  let folder: string;
  let program: string | undefined;
  before(async function () {
    folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-porcupine-'));
    program = path.join(folder, 'porcupine-check');
    const why = await whyNot(['version'], ['mod', 'download']);
    if (why !== undefined) {
      console.log(`    skipped: ${why}`);
      this.skip();
    }
    await run('go', ['build', '-o', program, '.'], { cwd: sources });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What Porcupine says of each. */
  async function porcupine(histories: readonly (readonly Operation[])[]): Promise<readonly string[]> {
    const files = histories.map((_, index) => path.join(folder, `${String(index)}.jsonl`));
    await Promise.all(files.map((file, index) => writeFile(file, historyText(histories[index] ?? []))));
    const { stdout } = await run(program ?? '', [
      '-slack-ms',
      String(DOMAIN_CLOCK_SLACK_MS),
      '-timeout',
      '30s',
      ...files,
    ]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
  }

  function ours(operations: readonly Operation[]): string {
    const found = checkHistory(operations, { clockSlackMs: DOMAIN_CLOCK_SLACK_MS, configurationsMax: 300_000 });
    return found.find(({ kind }) => kind === 'violation')?.kind ?? found[0]?.kind ?? 'linearizable';
  }

  async function compare(histories: readonly (readonly Operation[])[]): Promise<readonly string[]> {
    const theirs = await porcupine(histories);
    const mine = histories.map(ours);
    expect(theirs).to.deep.equal(mine);
    expect(mine).not.to.include('undecided');
    return mine;
  }

  it('accept the same histories', async () => {
    const histories = Array.from({ length: 30 }, (_, n) =>
      randomHistory(prng(`fine ${String(n)}`), { ...options, unheard: 0.06 }),
    );
    expect(new Set(await compare(histories))).to.deep.equal(new Set(['linearizable']));
  });

  it('reject the same histories', async () => {
    const histories = Object.entries(spoilers).flatMap(([what, spoil]) =>
      Array.from({ length: 5 }, (_, n) => {
        const chance = prng(`${what} ${String(n)}`);
        return spoil(randomHistory(chance, { ...options, unheard: 0, repeated: 0 }), chance) ?? [];
      }).filter((spoilt) => spoilt.length > 0),
    );
    expect(new Set(await compare(histories))).to.deep.equal(new Set(['violation']));
  });

  it('say the same of histories with something changed at random', async () => {
    const histories = Array.from({ length: 120 }, (_, n) => {
      const chance = prng(`noise ${String(n)}`);
      const operations = randomHistory(chance, {
        ...options,
        operations: 40,
        unheard: 0.1,
        repeated: 0.2,
        latestMs: 60,
      });
      return withNoise(operations, chance);
    });
    const verdicts = await compare(histories);
    expect(verdicts.filter((verdict) => verdict === 'linearizable')).to.have.length.within(20, 100);
  });
});

/** Why Go cannot be used here; undefined when it can. */
async function whyNot(...commands: readonly (readonly string[])[]): Promise<string | undefined> {
  for (const args of commands) {
    try {
      await run('go', [...args], { cwd: sources });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return 'Go is not installed, so Porcupine cannot be asked; install Go 1.21 or newer (https://go.dev/dl)';
      return `Porcupine cannot be fetched (go ${args.join(' ')}): ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}

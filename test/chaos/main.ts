import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readHistory } from './history.js';
import { checkHistory } from './linearizability/check-history.js';
import { runRound, type RoundOptions } from './round.js';
import { sabotages } from './sabotage.js';

const USAGE =
  'usage: npm run test:chaos -- [--seconds N] [--seed TEXT] [--nodes N]\n         [--without fence|gate|idempotency]\n       npm run test:chaos -- --check history.jsonl';

const EXIT_RED = 1;
const EXIT_USAGE = 2;

/** A round to run, or the file of a recorded history to check once more. */
function readOptions(): Omit<RoundOptions, 'log'> | { readonly check: string } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        nodes: { type: 'string', default: '3' },
        seed: { type: 'string', default: randomBytes(4).toString('hex') },
        without: { type: 'string' },
        check: { type: 'string' },
      },
    });
    if (values.check !== undefined) return { check: values.check };
    const without = sabotages.find((sabotage) => sabotage === values.without);
    const [seconds, nodes] = [Number(values.seconds), Number(values.nodes)];
    const isSound = seconds >= 1 && Number.isInteger(nodes) && nodes >= 1 && nodes <= 16 && without === values.without;
    return isSound ? { seconds, nodes, seed: values.seed, ...(without === undefined ? {} : { without }) } : undefined;
  } catch {
    return undefined;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const options = readOptions();
if (options === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(EXIT_USAGE);
}
if ('check' in options) {
  const found = checkHistory((await readHistory(options.check)).operations);
  for (const { kind, screeningId, text } of found) print(`${kind} in ${screeningId}: ${text}\n`);
  print(found.length === 0 ? 'linearizable' : `${String(found.length)} found`);
  process.exit(found.length > 0 ? EXIT_RED : 0);
}
const again = `SEED=${options.seed}   npm run test:chaos -- --seconds ${String(options.seconds)} --nodes ${String(options.nodes)} --seed ${options.seed}${options.without === undefined ? '' : ` --without ${options.without}`}`;
print(again);
const { violations, summary, faults, folder } = await runRound({ ...options, log: print });
print('');
for (const [what, times] of faults) print(`  ${what.padEnd(36)}${String(times).padStart(7)}`);
for (const [what, value] of Object.entries(summary)) print(`  ${what.padEnd(36)}${String(value).padStart(7)}`);
print(`  ${'violations'.padEnd(36)}${String(violations.length).padStart(7)}`);
for (const violation of violations) print(`\n${violation}`);
if (violations.length > 0) print(`\nhistory and what the nodes wrote: ${folder}`);
print(again);
process.exit(violations.length > 0 ? EXIT_RED : 0);

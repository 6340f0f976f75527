import { parseArgs } from 'node:util';

export interface SimulationArguments {
  /** The first seed; undefined: one that nobody has seen. */
  readonly from: number | undefined;
  /** How many, at least 1; Infinity: as many as there is time for. */
  readonly seeds: number;
  /** None begins after this; at least 1, or Infinity. */
  readonly seconds: number;
  /** Whether the whole story is told. */
  readonly trace: boolean;
}

/** Seeds there are. */
export const SEEDS = 2 ** 32;

const DEFAULT_SECONDS = 60;

const options = {
  seed: { type: 'string' },
  from: { type: 'string' },
  seeds: { type: 'string' },
  seconds: { type: 'string' },
  trace: { type: 'boolean', default: false },
} as const;

/** The arguments, or what is wrong with them in a few words. Without any: a minute. */
export function readSimulationArguments(args: readonly string[]): SimulationArguments | { readonly problem: string } {
  try {
    const { values } = parseArgs({ args: [...args], options });
    const only = whole('seed', values.seed, 0);
    const from = only ?? whole('from', values.from, 0);
    const seeds = only === undefined ? whole('seeds', values.seeds, 1) : 1;
    const seconds = whole('seconds', values.seconds, 1) ?? (seeds === undefined ? DEFAULT_SECONDS : Infinity);
    return { from, seeds: seeds ?? Infinity, seconds, trace: values.trace };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    // The rest of Node's message is advice on its own syntax.
    return { problem: error.message.split(/\. |\n/)[0] ?? error.message };
  }
}

/** @throws RangeError */
function whole(name: keyof typeof options, text: string | undefined, min: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value < SEEDS) return value;
  throw new RangeError(`--${name} must be a whole number from ${String(min)} to 2^32 - 1`);
}

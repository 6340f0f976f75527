import { parseArgs } from 'node:util';

/** The command line is wrong. The message is for whoever typed it; they need no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface NodeArguments {
  /** Undefined: cluster.config.json in the working directory. */
  readonly configFile?: string;
  /** One of cluster.nodes; undefined: what the environment or the file says. */
  readonly nodeId?: string;
}

const USAGE = 'usage: npm start -- [--config FILE] [--node ID]';

/** `--config FILE` and `--node ID`, each at most once. @throws UsageError for anything else */
export function readArguments(args: readonly string[]): NodeArguments {
  const { config: configFile, node: nodeId } = parse(args);
  return {
    ...(configFile === undefined ? {} : { configFile: only('--config', configFile) }),
    ...(nodeId === undefined ? {} : { nodeId: only('--node', nodeId) }),
  };
}

function parse(args: readonly string[]): { readonly config?: string[]; readonly node?: string[] } {
  try {
    const option = { type: 'string', multiple: true } as const;
    return parseArgs({ args: [...args], options: { config: option, node: option } }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The rest of Node's message is advice on its own syntax.
    throw wrong(error.message.split(/\. |\n/)[0] ?? error.message);
  }
}

function only(name: string, values: readonly string[]): string {
  const [value = '', ...others] = values;
  if (others.length > 0) throw wrong(`${name} is given ${String(values.length)} times`);
  if (value === '') throw wrong(`${name} needs a value`);
  return value;
}

function wrong(problem: string): UsageError {
  return new UsageError(`${problem}\n${USAGE}`);
}

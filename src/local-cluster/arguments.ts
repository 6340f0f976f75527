import { parseArgs } from 'node:util';

export interface ClusterArguments {
  /** 1 to 16. */
  readonly nodes: number;
  readonly ports: 'usual' | 'free';
  /** Settings of all nodes. */
  readonly configFile: string;
}

/** The arguments, or what is wrong with them in a few words. */
export function readClusterArguments(args: readonly string[]): ClusterArguments | { readonly problem: string } {
  const values = parse(args);
  if ('problem' in values) return values;
  const { nodes: count, ports, config: configFile } = values;
  const nodes = Number(count);
  if (!(/^\d+$/.test(count) && nodes >= 1 && nodes <= 16)) return { problem: '--nodes must be 1 to 16' };
  if (ports !== 'usual' && ports !== 'free') return { problem: '--ports must be usual or free' };
  if (configFile === '') return { problem: '--config needs a value' };
  return { nodes, ports, configFile };
}

function parse(
  args: readonly string[],
): { readonly nodes: string; readonly ports: string; readonly config: string } | { readonly problem: string } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string', default: '3' },
        ports: { type: 'string', default: 'usual' },
        config: { type: 'string', default: 'cluster.config.json' },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The rest of Node's message is advice on its own syntax.
    return { problem: error.message.split(/\. |\n/)[0] ?? error.message };
  }
}

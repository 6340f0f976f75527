import type { Config } from './schema.js';

const PORTS = ['grpcPort', 'httpPort', 'peerPort'] as const;
/** What a server may listen on and nobody can dial. */
const EVERY_ADDRESS: readonly unknown[] = ['0.0.0.0', '::', '[::]'];

/**
 * The configuration of the node that `cluster.nodes` lists under this id: the entry's
 * settings in place of those of `node`. Undefined when it lists no such node.
 */
export function asNode(config: Config, id: string): Config | undefined {
  const entry = config.cluster.nodes.find((node) => node.id === id);
  if (entry === undefined) return undefined;
  const { host, listenHost = host, ...settings } = entry;
  return { ...config, node: { ...config.node, ...settings, host: listenHost, advertisedHost: host } };
}

/**
 * What is wrong with the nodes of a configuration together: an id or an address twice,
 * or an address that others are told and cannot dial. Looks at a file that may be wrong
 * otherwise too, so that everything is said at once.
 * @param file as it was read
 * @param defaults a complete configuration, for the keys the file leaves out
 */
export function nodeProblems(file: unknown, defaults: Config): string[] {
  const node = partOf(file, 'node');
  const listed = partOf(partOf(file, 'cluster'), 'nodes');
  const entries: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const pathOf = (index: number): string => `cluster.nodes.${String(index)}`;
  const problems = [
    ...repeated(entries.map((entry, index) => ({ path: `${pathOf(index)}.id`, value: textOf(partOf(entry, 'id')) }))),
    ...repeated(addressesOf('node', [node, defaults.node])),
    ...repeated(entries.flatMap((entry, index) => addressesOf(pathOf(index), [entry, node, defaults.node]))),
  ];
  for (const [index, entry] of entries.entries()) {
    const host = partOf(entry, 'host');
    if (EVERY_ADDRESS.includes(host))
      problems.push(`${pathOf(index)}.host: nobody can dial ${String(host)}; say it as listenHost`);
  }
  // With a list the entry says how a node is reached.
  const isAlone = (partOf(partOf(file, 'redis'), 'url') ?? null) === null;
  const reachedBy = partOf(node, 'advertisedHost') ?? partOf(node, 'host');
  if (!isAlone && entries.length === 0 && EVERY_ADDRESS.includes(reachedBy))
    problems.push(`node.advertisedHost: must be set in a cluster, for nobody can dial ${String(reachedBy)}`);
  return problems;
}

interface Named {
  readonly path: string;
  /** Undefined: unknown, equal to nothing. */
  readonly value: string | undefined;
}

/** Of a node's three ports, where each is dialled. @param settings the first that has a key counts */
function addressesOf(path: string, settings: readonly unknown[]): readonly Named[] {
  const setting = (key: string): string | undefined =>
    textOf(settings.map((section) => partOf(section, key)).find((value) => value !== undefined));
  const host = setting('host');
  return PORTS.map((key) => {
    const port = setting(key);
    const isKnown = host !== undefined && port !== undefined && port !== '0';
    return { path: `${path}.${key}`, value: isKnown ? `${host}:${port}` : undefined };
  });
}

function repeated(named: readonly Named[]): string[] {
  const first = new Map<string, string>();
  return named.flatMap(({ path, value }) => {
    if (value === undefined) return [];
    const earlier = first.get(value);
    if (earlier === undefined) {
      first.set(value, path);
      return [];
    }
    return [`${path}: ${value} is ${earlier} already`];
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

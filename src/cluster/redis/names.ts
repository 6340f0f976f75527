/** Keys and channels of one cluster. */
export interface Names {
  /** Of the lease of a node: this and the node's id. */
  readonly leases: string;
  /** The hash of who was last told to be alive. */
  readonly view: string;
  /** Channel on which a new version of the view is told. */
  readonly viewChanged: string;
  topic(topic: string): string;
  cached(key: string): string;
}

/**
 * Everything begins with `{prefix}:`. The braces are a hash tag: all keys are in one slot,
 * so that one script may touch several, on a Redis that is a cluster as well.
 * @param keyPrefix without braces
 */
export function clusterNames(keyPrefix: string): Names {
  const root = `{${keyPrefix}}:`;
  return {
    leases: `${root}lease:`,
    view: `${root}view`,
    viewChanged: `${root}view-changed`,
    topic: (topic) => `${root}topic:${topic}`,
    cached: (key) => `${root}cache:${key}`,
  };
}

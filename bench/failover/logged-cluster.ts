import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { openInterruptibly } from '../interruption.js';
import { openLocalCluster, type LocalCluster } from '../../src/local-cluster/local-cluster.js';

export interface LoggedClusterPlan {
  readonly nodes: number;
  /** Made when it is not there. Has the cluster's data, and what each node and server writes, a file each. */
  readonly folder: string;
  readonly logLevel: 'info' | 'debug';
}

/** A cluster of real processes on free ports, with logs for whoever asks where the time went. */
export async function openLoggedCluster({ nodes, folder, logLevel }: LoggedClusterPlan): Promise<LocalCluster> {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, WriteStream>();
  const log = (source: string, line: string): void => {
    const file = files.get(source) ?? createWriteStream(path.join(folder, `${source}.log`), { flags: 'a' });
    files.set(source, file);
    file.write(`${line}\n`);
  };
  const cluster = await openInterruptibly((signal) =>
    openLocalCluster({ nodes, folder, overrides: { node: { logLevel }, demoData: false }, log, signal }),
  );
  return {
    ...cluster,
    async close() {
      await cluster.close();
      await Promise.all([...files.values()].map((file) => finished(file.end())));
    },
  };
}

/** The node under load, as a process of its own: argv[2] is its configuration as JSON. */
import { Session } from 'node:inspector/promises';
import { keepAllocatorFromChildren } from '../../src/allocator.js';
import { readConfig } from '../../src/config/index.js';
import { openNode } from '../../src/node.js';
import type { FromNode, ToNode } from './messages.js';
import { floorService } from './floor-service.js';
import { liveMemoryBytes } from './live-memory.js';

keepAllocatorFromChildren();
const config = readConfig(JSON.parse(process.argv[2] ?? '{}'), 'the benchmark configuration');
const opening = openNode(config, { extraServices: [floorService()] });

function send(message: FromNode): void {
  process.send?.(message);
}

/** Also while it is being opened: what is there by then is closed. */
async function stop(exitCode: number): Promise<void> {
  await opening.then(
    (opened) => opened.close(),
    () => undefined,
  );
  process.exit(exitCode);
}

const SAMPLE_MICROS = 200;
const inspector = new Session();

async function startProfile(): Promise<void> {
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROS });
  await inspector.post('Profiler.start');
  send({ kind: 'profile-started' });
}

async function stopProfile(): Promise<void> {
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  send({ kind: 'profile', profile });
}

process.on('message', (message: ToNode) => {
  switch (message.kind) {
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      send({ kind: 'cpu', cpuMicros: user + system });
      return;
    }
    case 'memory':
      send({ kind: 'memory', memoryBytes: liveMemoryBytes() });
      return;
    case 'start-profile':
      void startProfile();
      return;
    case 'stop-profile':
      void stopProfile();
      return;
    case 'stop':
      void stop(0);
  }
});
// Whoever measured is told, too, and stops this node in order or is gone.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => {
  // Whoever measured is gone.
  void stop(1);
});
const node = await opening;
send({ kind: 'started', grpcPort: node.grpcPort, httpPort: node.httpPort, postgresUrl: node.postgresUrl });

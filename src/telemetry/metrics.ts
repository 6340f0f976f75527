import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What operators watch. Prometheus names; durations in seconds. */
export interface Metrics {
  readonly turnCommands: Histogram;
  readonly turnEvents: Histogram;
  readonly commitSeconds: Histogram;
  readonly commandFailures: Counter<'kind'>;
  readonly activations: Counter;
  readonly activationSeconds: Histogram;
  readonly activationFailures: Counter;
  readonly passivations: Counter<'reason'>;
  readonly drops: Counter<'reason'>;
  readonly snapshots: Counter<'result'>;
  readonly snapshotSeconds: Histogram;
  readonly httpSeconds: Histogram<'route' | 'status'>;
  readonly httpAborts: Counter<'route'>;
  readonly viewers: Gauge;
  readonly frames: Counter<'kind'>;
  readonly frameBytes: Counter;
  readonly slowViewers: Counter;
  readonly viewerRefusals: Counter<'reason'>;
  readonly handOffSeconds: Histogram;
  readonly busLosses: Counter<'reason'>;
  readonly busGarbage: Counter;
  readonly cacheReads: Counter<'answer'>;
  /** Registers a value that is read when asked for. */
  gauge(name: string, help: string, read: () => number): void;
  /** The text of /metrics. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function openMetrics(nodeId: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ node: nodeId });
  collectDefaultMetrics({ register: registry, prefix: 'cinema_' });
  const registers = [registry];
  const histogram = (name: string, help: string, buckets: number[]): Histogram =>
    new Histogram({ name, help, buckets, registers });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> =>
    new Counter({ name, help, labelNames, registers });
  const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
  const times = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
  return {
    turnCommands: histogram('cinema_turn_commands', 'Commands of a committed turn', sizes),
    turnEvents: histogram('cinema_turn_events', 'Events of a committed turn', sizes),
    commitSeconds: histogram('cinema_commit_seconds', 'From handing a turn to the committer to its commit', times),
    commandFailures: counter('cinema_command_failures_total', 'Commands the system could not answer', ['kind']),
    activations: counter('cinema_activations_total', 'Screenings brought into memory'),
    activationSeconds: histogram('cinema_activation_seconds', 'Loading, claiming and recovering a screening', times),
    activationFailures: counter('cinema_activation_failures_total', 'Screenings that could not be brought into memory'),
    passivations: counter('cinema_passivations_total', 'Screenings that left memory in order', ['reason']),
    drops: counter(
      'cinema_drops_total',
      'Screenings thrown out of memory because a commit was refused, unknown, or a bug',
      ['reason'],
    ),
    snapshots: counter('cinema_snapshots_total', 'Snapshots', ['result']),
    snapshotSeconds: histogram('cinema_snapshot_seconds', 'Taking and storing a snapshot', times),
    httpSeconds: new Histogram({
      name: 'cinema_http_request_seconds',
      help: 'HTTP requests by route and status',
      labelNames: ['route', 'status'],
      buckets: times,
      registers,
    }),
    httpAborts: counter('cinema_http_aborted_total', 'HTTP requests whose client went away', ['route']),
    viewers: new Gauge({ name: 'cinema_viewers', help: 'Sockets on this node', registers }),
    frames: counter('cinema_frames_total', 'Frames handed to sockets', ['kind']),
    frameBytes: counter('cinema_frame_bytes_total', 'Bytes of frames handed to sockets'),
    slowViewers: counter('cinema_slow_viewers_total', 'Viewers that fell behind and got a new snapshot'),
    viewerRefusals: counter('cinema_viewers_refused_total', 'Sockets that were not opened', ['reason']),
    handOffSeconds: histogram(
      'cinema_hand_off_seconds',
      'From asking a peer to take a screening over until it has it',
      times,
    ),
    busLosses: counter('cinema_bus_lost_total', 'Changes that were not told to other nodes; they ask the owner', [
      'reason',
    ]),
    busGarbage: counter('cinema_bus_garbage_total', 'Messages on our channels that no node of this cluster sent'),
    cacheReads: counter('cinema_cache_reads_total', 'Looks into the cache that nodes share', ['answer']),
    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers,
        collect() {
          gauge.set(read());
        },
      });
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

import type { Profiler } from 'node:inspector';

/** What the benchmark and the node under load say to each other. */
export type ToNode =
  | { readonly kind: 'cpu' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'start-profile' }
  | { readonly kind: 'stop-profile' }
  | { readonly kind: 'stop' };

export type FromNode =
  | { readonly kind: 'started'; readonly grpcPort: number; readonly httpPort: number; readonly postgresUrl: string }
  | { readonly kind: 'profile-started' }
  /** A CPU profile as Chrome's developer tools take it. */
  | { readonly kind: 'profile'; readonly profile: Profiler.Profile }
  /** CPU time of the process since it started. */
  | { readonly kind: 'cpu'; readonly cpuMicros: number }
  /** Live memory, just after a garbage collection. */
  | { readonly kind: 'memory'; readonly memoryBytes: number };

import type { Profiler } from 'node:inspector';

/** What the benchmark and the node under load say to each other. */
export type ToNode =
  | { readonly kind: 'usage' }
  | { readonly kind: 'start-profile' }
  | { readonly kind: 'stop-profile' }
  | { readonly kind: 'stop' };

export type FromNode =
  | { readonly kind: 'started'; readonly grpcPort: number; readonly httpPort: number; readonly postgresUrl: string }
  | { readonly kind: 'profile-started' }
  /** A CPU profile as Chrome's developer tools take it. */
  | { readonly kind: 'profile'; readonly profile: Profiler.Profile }
  | {
      readonly kind: 'usage';
      /** CPU time of the process since it started. */
      readonly cpuMicros: number;
      /** Live memory, just after a garbage collection. */
      readonly memoryBytes: number;
    };

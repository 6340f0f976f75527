import type { ScreeningCommand } from '../../actors/screening/commands.js';
import type { Config } from '../config/index.js';
import type { Clock, Randomness } from '../runtime/index.js';
import type { NodeIdentity, Storage } from '../storage/storage.js';
import type { Log, Metrics } from '../telemetry/index.js';
import type { GrpcServerOptions } from '../transport/grpc/index.js';

/** Says how to stop what was just started; the last started is stopped first. */
export type OnStop = (stop: () => Promise<void> | void) => void;

/** What every part of a node is made with. */
export interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly identity: NodeIdentity;
  readonly onStop: OnStop;
}

/** What benchmarks and tests put beside or in place of a node's own parts. */
export interface NodeExtras {
  readonly extraServices?: GrpcServerOptions['extraServices'];
  /** Folder of the seat page, when it is not beside the code. */
  readonly pageFolder?: string;
  /** Takes the place of the storage the node would use. For tests that break it; no setting leads here. */
  readonly wrapStorage?: (storage: Storage) => Storage;
  /** Takes the place of every command of a caller before its screening gets it. For tests, as above. */
  readonly wrapCommand?: (command: ScreeningCommand) => ScreeningCommand;
}

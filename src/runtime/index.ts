/** How any actor runs: mailbox, turns, commits, activation and passivation. */
export { openActorSystem, type ActorSystem } from './actor-system.js';
export { Committer } from './committer.js';
export { EpochCheck } from './epoch-check.js';
export type { OwnerNotice, Entity, EntityTurn } from './entity.js';
export {
  EntityActor,
  UnknownEntity,
  type EntityActorLimits,
  type EntityActorPorts,
  type EntityStats,
} from './entity-actor.js';
export { type Envelope, type Failure, type Lane, type Outcome } from './envelope.js';
export { localBus } from './local-bus.js';
export { OwnedElsewhere, StorageUnavailable } from './ports.js';
export type {
  AppendResult,
  Bus,
  Claim,
  Clock,
  JournalReader,
  JournalRow,
  JournalWriter,
  Ownership,
  Randomness,
  StoredSnapshot,
  Timer,
  TurnRecord,
} from './ports.js';
export { silentProbe, type RuntimeProbe } from './probe.js';
export { Residents, type ResidentLimits } from './residents.js';
export { systemClock, systemRandomness } from './system-clock.js';
export { WakeUps } from './wake-ups.js';

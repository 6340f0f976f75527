import { categorySeats } from '../../actors/auditorium/category-seats.js';
import { parseSeatingPlanBytes } from '../../actors/auditorium/parse-seating-plan-bytes.js';
import { readSeatingPlan, seatingPlanText } from '../../actors/auditorium/seating-plan-text.js';
import type { ScreeningAnswer } from '../../actors/screening/answers.js';
import type { ScreeningCommand } from '../../actors/screening/commands.js';
import type { ScreeningProjection } from '../../actors/screening/projection.js';
import { screeningActor } from '../../actors/screening/screening-actor.js';
import type { SeatLayout } from '../../actors/screening/seat-layout.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import {
  Committer,
  EpochCheck,
  localBus,
  openActorSystem,
  Residents,
  UnknownEntity,
  WakeUps,
  type Bus,
  type OwnerNotice,
} from '../runtime/index.js';
import {
  CachedSeatMaps,
  StreamHub,
  type CachedSeatMapPorts,
  type OwnerState,
  type SeatMapReader,
} from '../streams/index.js';
import { runtimeProbe } from '../telemetry/index.js';
import {
  askForSeatStates,
  auditoriumPlans,
  CachedBookings,
  encodedMethods,
  failureError,
  openBoxOffice,
  rethrowForCallers,
  routedBoxOffice,
  seatStatesOfOwner,
  storedBookings,
  type AuditoriumPlans,
  type BoxOffice,
  type BuyerBookings,
  type EncodedMethods,
} from '../transport/api/index.js';
import { bugLog } from './bug-log.js';
import type { NodeCluster } from './cluster.js';
import type { NodeExtras, Parts } from './parts.js';
import type { NodeStorage } from './storage.js';

export interface Screenings {
  readonly residents: Residents<ScreeningCommand, ScreeningAnswer>;
  readonly plans: AuditoriumPlans;
  readonly streams: StreamHub;
  /** The public API, wherever the screenings are. */
  readonly boxOffice: BoxOffice;
  /** The public API over the screenings of this node alone: what peers are answered by. */
  readonly localBoxOffice: BoxOffice;
  /** In a cluster: methods on encoded requests. */
  readonly encoded: EncodedMethods | undefined;
}

/**
 * The screenings of this node: their actors, their live seat maps, and the API over them.
 * @param cluster undefined for a node that is alone
 */
export async function startScreenings(
  parts: Parts,
  storage: NodeStorage,
  cluster: NodeCluster | undefined,
  { wrapCommand }: NodeExtras = {},
): Promise<Screenings> {
  const { config, clock } = parts;
  const plans = auditoriumPlans(storage.catalogue, readSeatingPlan, config.screening);
  const bus = cluster?.bus ?? localBus<OwnerNotice<SeatMapChange>>();
  const residents = await startActors(parts, storage, plans, bus, cluster);
  const replication = {
    bus,
    clock,
    isStale: storage.health.isStale,
    loadLayout: (screeningId: string) =>
      layoutOr(plans, screeningId, () => failureError({ kind: 'not-found' })).catch(rethrowForCallers),
    askOwner: (screeningId: string, known: number | undefined, deadlineMs: number) => {
      const here = (): Promise<OwnerState> => askForSeatStates(residents, screeningId, known, deadlineMs);
      return cluster === undefined ? here() : seatStatesOfOwner(cluster.owners, screeningId, known, deadlineMs, here);
    },
    late: () => failureError({ kind: 'deadline-exceeded' }),
  };
  const streams = new StreamHub({ ...replication, full: () => failureError({ kind: 'overloaded' }) }, config.streams);
  parts.onStop(() => {
    streams.close();
  });
  storage.health.onChange(() => {
    if (!storage.health.isStale()) streams.catchUp();
  });
  const reads = cluster === undefined ? undefined : cachedReads(parts, storage, cluster, streams, replication);
  const localBoxOffice = openBoxOffice({
    ...reads,
    catalogue: storage.catalogue,
    plans,
    router: wrapCommand === undefined ? residents : wrapped(residents, wrapCommand),
    planFormat: {
      parse: (json) => parseSeatingPlanBytes(json, { seatsMax: config.screening.seatingPlanSeatsMax }),
      text: seatingPlanText,
      categories: categorySeats,
    },
    clock,
    randomness: parts.randomness,
    defaultLimits: config.screening,
    streams,
    journal: storage.journalReader,
    onBug: bugLog(parts.log),
  });
  const shared = { residents, plans, streams, localBoxOffice };
  if (cluster === undefined || reads === undefined) return { ...shared, boxOffice: localBoxOffice, encoded: undefined };
  const changed = (buyerId: string): void => {
    reads.buyerBookings.changed(buyerId);
  };
  return {
    ...shared,
    boxOffice: routedBoxOffice(localBoxOffice, cluster.owners, changed),
    encoded: encodedMethods(localBoxOffice, cluster.owners, changed),
  };
}

/** Reads that nodes share through the cache in Redis. */
function cachedReads(
  { config, clock, log }: Parts,
  { catalogue }: NodeStorage,
  { cache }: NodeCluster,
  hub: StreamHub,
  replication: Omit<CachedSeatMapPorts, 'hub' | 'cache' | 'moving' | 'unreadable'>,
): { readonly seatMaps: SeatMapReader; readonly buyerBookings: BuyerBookings } {
  const unreadable = (key: string, err: Error): void => {
    log.warn({ key, err }, 'the read cache has a value that no node of this cluster wrote');
  };
  const moving = (): Error => failureError({ kind: 'owner-moving' });
  return {
    seatMaps: new CachedSeatMaps({ ...replication, hub, cache, moving, unreadable }, config.redis),
    buyerBookings: new CachedBookings({ stored: storedBookings(catalogue), cache, clock, unreadable }, config.redis),
  };
}

function wrapped(
  residents: Screenings['residents'],
  wrapCommand: (command: ScreeningCommand) => ScreeningCommand,
): Pick<Screenings['residents'], 'submit'> {
  return {
    submit(screeningId, envelope) {
      residents.submit(screeningId, { ...envelope, command: wrapCommand(envelope.command) });
    },
  };
}

async function startActors(
  { config, log, metrics, clock, randomness, onStop }: Parts,
  storage: NodeStorage,
  plans: AuditoriumPlans,
  bus: Bus<OwnerNotice<SeatMapChange>>,
  cluster: NodeCluster | undefined,
): Promise<Screenings['residents']> {
  const probe = runtimeProbe(log, metrics);
  const system = await openActorSystem({
    warn: (message) => {
      log.warn({ message }, 'actor system');
    },
  });
  onStop(() => system.close());
  const ports = {
    committer: new Committer<ScreeningProjection>(storage.health.watch(storage.journalWriter), clock, config.postgres),
    bus,
    clock,
    randomness,
    probe,
    epochs: new EpochCheck(storage.ownership, clock),
    isRefusal: ({ kind }: ScreeningAnswer) => kind === 'refused',
    // Replicas take nothing that is older than what they have.
    mayBeOld: ({ kind }: ScreeningAnswer) => kind === 'seat-states',
    ownership: cluster?.ownership ?? storage.ownership,
    journal: storage.journalReader,
    snapshots: storage.snapshots,
  };
  const loadLayout = (screeningId: string): Promise<SeatLayout> =>
    layoutOr(plans, screeningId, () => new UnknownEntity(screeningId));
  const residents = new Residents<ScreeningCommand, ScreeningAnswer>(
    system,
    (screeningId, onDropped) =>
      screeningActor(screeningId, loadLayout, config.screening, ports, config.runtime, onDropped),
    clock,
    probe,
    config.runtime,
  );
  residents.start();
  onStop(() => residents.close());
  const wakeUps = new WakeUps(
    storage.ownership,
    (screeningId) => {
      // Every node asks; the owner acts.
      if (cluster?.isMine(screeningId) ?? true) residents.wake(screeningId);
    },
    (err) => {
      log.error({ err }, 'the database cannot be asked who is to be woken');
    },
    clock,
    config.runtime,
  );
  wakeUps.start();
  onStop(() => {
    wakeUps.stop();
  });
  return residents;
}

async function layoutOr(plans: AuditoriumPlans, screeningId: string, missing: () => Error): Promise<SeatLayout> {
  const layout = await plans.layout(screeningId);
  if (layout === undefined) throw missing();
  return layout;
}

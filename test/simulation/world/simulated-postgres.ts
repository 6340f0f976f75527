import type { ScreeningProjection } from '../../../actors/screening/projection.js';
import { StorageUnavailable, type TurnRecord } from '../../../src/runtime/ports.js';
import { memoryTables, openMemoryStorage, type MemoryTables } from '../../../src/storage/memory/index.js';
import type { NodeIdentity, Storage } from '../../../src/storage/storage.js';
import type { Host } from '../kernel/host.js';
import { EPOCH_MS } from '../kernel/host-clock.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Prng } from '../../support/prng.js';
import type { Calls } from './calls.js';

/** How the server does just now. */
export interface StorageWeather {
  /** From the arrival of a statement to its effect, and again from that to the answer; ms. */
  readonly statementMs: readonly [low: number, high: number];
  /** Of statements that wait for something (a lock, a disk) for `stuckMs` more before they take effect. */
  readonly stuckChance: number;
  readonly stuckMs: readonly [low: number, high: number];
}

export const SWIFT: StorageWeather = { statementMs: [0.1, 0.8], stuckChance: 0, stuckMs: [0, 0] };

/** Told of what takes effect in the database, when it does. */
export interface StorageWitness {
  claimed(entityId: string, epoch: number, by: Host): void;
}

export interface SimulatedPostgresOptions {
  /** How long a client waits for a statement before its outcome is unknown. */
  readonly statementTimeoutMs: number;
  readonly lanes: number;
  /** Wrong on purpose: a test of the tests. Default: it is right. */
  readonly append?: Append;
}

type AppendBatch = Storage['journalWriter']['appendBatch'];

/** Takes a batch into effect. */
export type Append = (
  asItShould: AppendBatch,
  lane: number,
  turns: Parameters<AppendBatch>[1],
  tables: MemoryTables,
) => ReturnType<AppendBatch>;

/**
 * A database server: the memory tables, with their epochs and keys, behind a network and
 * a server that is slow, answers nothing, or crashes. A statement takes effect at one
 * moment, or never. Its client may have given up, frozen or died by then.
 */
export class SimulatedPostgres {
  readonly tables: MemoryTables = memoryTables();
  weather: StorageWeather = SWIFT;
  constructor(
    readonly host: Host,
    private readonly kernel: Kernel,
    private readonly calls: Calls,
    private readonly chance: Prng,
    private readonly witness: StorageWitness,
    private readonly options: SimulatedPostgresOptions,
  ) {}

  /** The database as a process on this host reaches it. */
  storageFor(client: Host, node: NodeIdentity): Storage {
    const server = openMemoryStorage({ tables: this.tables, node, lanes: this.options.lanes });
    let isClosed = false;
    const ask = async <Result>(what: string, effect: () => Promise<Result>): Promise<Result> => {
      if (isClosed) throw new StorageUnavailable(`simulated: ${what} after the storage was closed`);
      return this.statement(client, what, effect);
    };
    return {
      lanes: server.lanes,
      journalWriter: {
        appendBatch: (lane, turns) =>
          ask(`append ${turns.map(turnName).join(', ')}`, async () => {
            const { append } = this.options;
            const asItShould: AppendBatch = (which, batch) => server.journalWriter.appendBatch(which, batch);
            const results = await (append === undefined
              ? asItShould(lane, turns)
              : append(asItShould, lane, turns, this.tables));
            for (const [index, turn] of turns.entries())
              this.kernel.trace.note(client.id, `append ${turnName(turn)}: ${String(results[index])}`);
            return results;
          }),
      },
      journalReader: {
        read: (entityId, afterRevision, limit) =>
          ask(`read ${entityId}`, () => server.journalReader.read(entityId, afterRevision, limit)),
      },
      ownership: {
        claim: (entityId) =>
          ask(`claim ${entityId}`, async () => {
            const claim = await server.ownership.claim(entityId);
            if (claim !== undefined) this.witness.claimed(entityId, claim.epoch, client);
            this.kernel.trace.note(client.id, `claim ${entityId}: epoch ${String(claim?.epoch)}`);
            return claim;
          }),
        stillHeld: (owned) => ask('still held', () => server.ownership.stillHeld(owned)),
        dueBefore: (untilMs, limit) => ask('due', () => server.ownership.dueBefore(untilMs, limit)),
      },
      holders: {
        holders: () => ask('holders', () => server.holders.holders()),
        holderOf: (entityId) => ask(`holder of ${entityId}`, () => server.holders.holderOf(entityId)),
        listHeld: (afterId, limit) => ask('list held', () => server.holders.listHeld(afterId, limit)),
        letGoOfAll: (holder) => ask('let go of all', () => server.holders.letGoOfAll(holder)),
      },
      snapshots: {
        load: (entityId) => ask(`load snapshot ${entityId}`, () => server.snapshots.load(entityId)),
        save: (entityId, epoch, snapshot) =>
          ask(`snapshot ${entityId} r${String(snapshot.revision)}`, () =>
            server.snapshots.save(entityId, epoch, snapshot),
          ),
      },
      catalogue: {
        createAuditorium: (row) => ask('create auditorium', () => server.catalogue.createAuditorium(row)),
        getAuditorium: (id) => ask('get auditorium', () => server.catalogue.getAuditorium(id)),
        listAuditoriums: (after, limit) =>
          ask('list auditoriums', () => server.catalogue.listAuditoriums(after, limit)),
        loadSeatingPlan: (id) => ask('load plan', () => server.catalogue.loadSeatingPlan(id)),
        createScreening: (row) => ask('create screening', () => server.catalogue.createScreening(row)),
        screeningMadeBy: (id) => ask('screening made by', () => server.catalogue.screeningMadeBy(id)),
        getScreening: (id) => ask('get screening', () => server.catalogue.getScreening(id)),
        listScreenings: (filter, after, limit) =>
          ask('list screenings', () => server.catalogue.listScreenings(filter, after, limit)),
        getBooking: (id) => ask('get booking', () => server.catalogue.getBooking(id)),
        listBookings: (filter, after, limit) =>
          ask('list bookings', () => server.catalogue.listBookings(filter, after, limit)),
      },
      // Its clock is right.
      check: () => ask('check', () => Promise.resolve(EPOCH_MS + this.kernel.nowMs)),
      close: () => {
        isClosed = true;
        return Promise.resolve();
      },
    };
  }

  /** The database without a network in between: for setting the scene. */
  get directly(): Storage {
    return openMemoryStorage({ tables: this.tables });
  }

  private async statement<Result>(client: Host, what: string, effect: () => Promise<Result>): Promise<Result> {
    const timeoutMs = this.options.statementTimeoutMs;
    const outcome = await this.calls.make(client, this.host, { what, timeoutMs, mayRepeat: false }, async () => {
      await this.serverPasses();
      const took = await effect().then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
      await this.serverPasses();
      return took;
    });
    if (outcome.kind !== 'replied') throw new StorageUnavailable(`simulated: ${what} is ${outcome.kind}`);
    // The client asked for what cannot be: a bug, and its own.
    if ('error' in outcome.reply) throw outcome.reply.error;
    return outcome.reply.result;
  }

  private serverPasses(): Promise<void> {
    const { statementMs, stuckChance, stuckMs } = this.weather;
    const stuck = stuckChance > 0 && this.chance.chance(stuckChance) ? this.chance.between(...stuckMs) : 0;
    const passMs = this.chance.between(...statementMs) + stuck;
    return new Promise((resolve) => void this.kernel.schedule(this.host, passMs, resolve));
  }
}

function turnName({ entityId, revision, epoch }: TurnRecord<ScreeningProjection>): string {
  return `${entityId} r${String(revision)} epoch ${String(epoch)}`;
}

import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { call, connectBoxOffice } from '../support/box-office-client.js';
import type { Prng } from '../support/prng.js';
import { named, watchByGrpc, watchBySocket, type Connection, type See } from './connect-viewer.js';
import type { Sight } from './journal-audit.js';
import { takenText } from './journals.js';
import { SeenMap } from './seen-map.js';

/** Where viewers can connect. */
export interface FrontDoor {
  readonly id: string;
  readonly grpcAddress: string;
  readonly httpUrl: string;
}

/** How long a viewer stays with one node; less than the usual time between two progress frames, and more. */
const STAYS_MS = [500, 6_000] as const;
const AWAY_MS = [0, 300] as const;
const READS_EVERY_MS = [50, 400] as const;
const READ_TIMEOUT_MS = 2_000;

type Watch = (door: FrontDoor, screeningId: string, resumeToken: string, see: See) => Connection;

const byGrpc: Watch = ({ grpcAddress }, ...rest) => watchByGrpc(grpcAddress, ...rest);
const bySocket: Watch = ({ httpUrl }, ...rest) => watchBySocket(httpUrl, ...rest);

/** Viewers of many screenings, who go from node to node, and readers of seat maps; they keep all that they see. */
export class Gallery {
  private readonly maps: SeenMap[] = [];
  private readonly reads: Sight[] = [];
  private readonly lives: Promise<void>[] = [];
  private readonly over = new AbortController();

  constructor(
    private readonly doors: readonly FrontDoor[],
    private readonly chance: Prng,
  ) {
    // Everybody who pauses listens.
    setMaxListeners(0, this.over.signal);
  }

  /** Puts one viewer of either wire, and one reader, in front of a screening. */
  add(screeningId: string): void {
    for (const [wire, watch] of [['grpc', byGrpc] as const, ['socket', bySocket] as const]) {
      const map = new SeenMap(`${wire} viewer of ${screeningId}`, screeningId);
      this.maps.push(map);
      this.lives.push(this.view(map, watch, this.chance.split(map.viewer)));
    }
    this.lives.push(this.read(screeningId, this.chance.split(`reader of ${screeningId}`)));
  }

  /**
   * Waits until every viewer has come to where the journal is now. One line for each that
   * does not within the limit.
   */
  async catchUp(postgresUrl: string, limitMs: number): Promise<readonly string[]> {
    const client = new pg.Client({ connectionString: postgresUrl });
    await client.connect();
    const { rows } = await client.query<{ screening_id: string; revision: number }>(
      'SELECT screening_id, revision::float8 AS revision FROM screening_owner',
    );
    await client.end();
    const revisions = new Map(rows.map(({ screening_id, revision }) => [screening_id, revision]));
    const isBehind = ({ screeningId, revision }: SeenMap): boolean => revision < (revisions.get(screeningId) ?? 0);
    const deadlineMs = performance.now() + limitMs;
    while (this.maps.some(isBehind) && performance.now() < deadlineMs) await pause(20);
    return this.maps.filter(isBehind).map(({ viewer, screeningId, revision }) => {
      const there = revisions.get(screeningId) ?? 0;
      return `${viewer} is at r${String(revision)}, the journal at r${String(there)}, ${String(limitMs)} ms after healing`;
    });
  }

  /** Everybody goes home. Idempotent. */
  async close(): Promise<void> {
    this.over.abort();
    await Promise.all(this.lives);
  }

  /** What was seen; viewers by themselves in order. */
  get sights(): readonly Sight[] {
    return [...this.maps.flatMap(({ sights }) => sights), ...this.reads];
  }

  /** Frames that broke the rules of a stream. */
  get problems(): readonly string[] {
    return this.maps.flatMap(({ problems }) => problems);
  }

  private async view(map: SeenMap, watch: Watch, chance: Prng): Promise<void> {
    while (!this.over.signal.aborted) {
      const door = chance.pick(this.doors);
      map.connected();
      const connection = watch(door, map.screeningId, map.resumeToken, (frame, token) => {
        map.see(frame, token, door.id);
      });
      await Promise.race([connection.lost, this.wait(chance.between(...STAYS_MS))]);
      connection.hangUp();
      await connection.lost;
      await this.wait(chance.between(...AWAY_MS));
    }
  }

  /** Reads may be of any age, so each is its own viewer: only what was never committed is wrong. */
  private async read(screeningId: string, chance: Prng): Promise<void> {
    const clients = this.doors.map(({ id, grpcAddress }) => ({ id, client: connectBoxOffice(grpcAddress) }));
    while (!this.over.signal.aborted) {
      const { id, client } = chance.pick(clients);
      try {
        const { seatMap } = await call(client.seats, client.seats.getSeatMap, { screeningId }, READ_TIMEOUT_MS);
        if (seatMap !== undefined) {
          const { revision, epoch, seats } = seatMap;
          const viewer = `read ${String(this.reads.length)} via ${id}`;
          this.reads.push({ viewer, screeningId, revision, epoch, taken: takenText(named(seats)) });
        }
      } catch {
        // Its node may be down.
      }
      await this.wait(chance.between(...READS_EVERY_MS));
    }
    for (const { client } of clients) client.close();
  }

  private async wait(ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: this.over.signal });
    } catch {
      // The end came first.
    }
  }
}

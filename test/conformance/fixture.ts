import { randomBytes } from 'node:crypto';
import type { BookingRow, ScreeningProjection, Terms } from '../../actors/screening/projection.js';
import type { TurnRecord } from '../../src/runtime/ports.js';
import type { NodeIdentity, Storage } from '../../src/storage/storage.js';
import type { NewAuditorium, NewScreening } from '../../src/transport/api/catalogue.js';

/** A storage under test, empty at first, and the few looks behind its ports that tests need. */
export interface StorageFixture {
  readonly storage: Storage;
  /** In whose name `storage` claims. */
  readonly node: NodeIdentity;
  /** Another node's storage of the same rows; closed with the fixture. */
  storageOf(node: NodeIdentity): Promise<Storage>;
  /** Who has each seat, as the key that refuses a second sale sees it. */
  bookedSeats(screeningId: string): Promise<Readonly<Record<string, string>>>;
  /** Changes a bit of the newest snapshot's state where it is kept. */
  damageNewestSnapshot(screeningId: string): Promise<void>;
  close(): Promise<void>;
}

export type OpenFixture = () => Promise<StorageFixture>;

/** New for every call, and greater in every order than those before. */
export function newId(prefix: string): string {
  return `${prefix}-${String(Date.now()).padStart(15, '0')}-${randomBytes(6).toString('hex')}`;
}

export const TERMS: Terms = {
  title: 'Metropolis "1927" \\ restored',
  startsAtMs: 1_900_000_000_001,
  salesOpenAtMs: 1_800_000_000_002,
  salesCloseAtMs: 1_900_000_000_003,
  maxSeatsPerRequest: 10,
  maxSeatsPerBuyer: 20,
  holdTtlMs: 120_000,
  holdLifetimeMaxMs: 600_000,
};

export function newAuditorium(changes: Partial<NewAuditorium> = {}): NewAuditorium {
  return {
    auditoriumId: newId('auditorium'),
    name: 'Großer Saal',
    capacity: 3,
    categories: [{ name: 'stalls', color: '#aa0000', seats: 3 }],
    createTimeMs: 1_750_000_000_007,
    requestId: newId('request'),
    fingerprint: 'print',
    seatingPlan: '{"seats":["A1","A2","A3"],"name":"Großer Saal"}',
    ...changes,
  };
}

export function newScreening(auditoriumId: string, changes: Partial<NewScreening> = {}): NewScreening {
  return {
    screeningId: newId('screening'),
    auditoriumId,
    capacity: 3,
    terms: TERMS,
    createTimeMs: 1_760_000_000_009,
    requestId: newId('request'),
    fingerprint: 'print',
    firstTurn: bytes('created'),
    ...changes,
  };
}

/** A screening at revision 1, claimed: answers its id and the epoch to append with. */
export async function claimedScreening(storage: Storage): Promise<{ id: string; epoch: number }> {
  const auditorium = newAuditorium();
  await storage.catalogue.createAuditorium(auditorium);
  const screening = newScreening(auditorium.auditoriumId);
  await storage.catalogue.createScreening(screening);
  const claim = await storage.ownership.claim(screening.screeningId);
  if (claim === undefined) throw new Error('a screening that was just made cannot be claimed');
  return { id: screening.screeningId, epoch: claim.epoch };
}

export function turn(
  { id, epoch }: { id: string; epoch: number },
  revision: number,
  changes: Partial<TurnRecord<ScreeningProjection>> = {},
): TurnRecord<ScreeningProjection> {
  return {
    entityId: id,
    epoch,
    revision,
    events: bytes(`turn ${String(revision)}`),
    wakeAtMs: null,
    projection: undefined,
    ...changes,
  };
}

export function booking(bookingId: string, seatIds: readonly string[], changes: Partial<BookingRow> = {}): BookingRow {
  return {
    bookingId,
    buyerId: 'buyer-1',
    seatIds,
    cancelled: false,
    createTimeMs: 1_770_000_000_011,
    updateTimeMs: 1_770_000_000_011,
    ...changes,
  };
}

/** A turn's rows: the booking, and its seats sold for the first time. */
export function sale(bookingId: string, seatIds: readonly string[]): ScreeningProjection {
  return {
    bookings: [booking(bookingId, seatIds)],
    seats: seatIds.map((seatId) => ({ seatId, from: null, to: bookingId })),
    terms: undefined,
  };
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

import { TextMap } from './text-map.js';

/**
 * The seats of an auditorium in plan order. Inside the domain a seat is its index
 * here; ids are for the outside. Immutable, and shared by every screening in the
 * auditorium.
 */
export interface SeatLayout {
  readonly capacity: number;
  /** The plan's seat_guid by index. */
  readonly seatIds: readonly string[];
  /** Undefined for an id the plan does not have. */
  indexOf(seatId: string): number | undefined;
}

/** @throws RangeError when an id occurs twice: indexes would be ambiguous. */
export function seatLayout(seatIds: readonly string[]): SeatLayout {
  // Nobody adds to a plan, so nobody can make its texts fall together: any seed will do.
  const indexes = new TextMap<number>(0);
  for (const [index, seatId] of seatIds.entries()) indexes.set(seatId, index);
  if (indexes.size !== seatIds.length) throw new RangeError('seat ids of a layout must be unique');
  return { capacity: seatIds.length, seatIds, indexOf: (seatId) => indexes.get(seatId) };
}

/** @throws RangeError for an index outside the layout: only a corrupt journal has one. */
export function seatIdAt(layout: SeatLayout, seat: number): string {
  const seatId = layout.seatIds[seat];
  if (seatId === undefined)
    throw new RangeError(`seat index ${String(seat)} outside a layout of ${String(layout.capacity)}`);
  return seatId;
}

export function seatIdsAt(layout: SeatLayout, seats: readonly number[]): string[] {
  return seats.map((seat) => seatIdAt(layout, seat));
}

/** A seat (or anything else with a place) to be put on a grid of characters. */
export interface Placed {
  readonly zone: string;
  readonly row: string;
  readonly x: number;
  readonly y: number;
}

export interface GridCell<Seat> {
  readonly line: number;
  readonly column: number;
  readonly seat: Seat;
}

/** An aisle is at least two seats wide on the plan; on the grid, wider ones are no wider than this many cells. */
const AISLE_CELLS_MAX = 2;

/**
 * Puts seats on lines and columns so that neighbours on the plan are neighbours on the
 * grid and aisles stay visible as empty cells. Wide empty stretches are narrowed.
 */
export function seatGrid<Seat extends Placed>(seats: readonly Seat[]): readonly GridCell<Seat>[] {
  const columns = positions(
    seats.map(({ x }) => x),
    pitch([...rowsOf(seats)].map((row) => row.map(({ x }) => x))),
  );
  const lines = positions(
    seats.map(({ y }) => y),
    pitch([...zonesOf(seats)].map((zone) => zone.map(({ y }) => y))),
  );
  return seats.map((seat) => ({ line: lines(seat.y), column: columns(seat.x), seat }));
}

/** The usual distance of neighbours: the gap that is most frequent, of equals the smallest. */
function pitch(series: readonly (readonly number[])[]): number {
  const frequencies = new Map<number, number>();
  for (const values of series) {
    const sorted = [...new Set(values)].sort((a, b) => a - b);
    for (const [index, value] of sorted.entries()) {
      const gap = Math.round(value - (sorted[index - 1] ?? value));
      if (gap > 0) frequencies.set(gap, (frequencies.get(gap) ?? 0) + 1);
    }
  }
  const [usual] = [...frequencies].sort(([gapA, countA], [gapB, countB]) => countB - countA || gapA - gapB);
  return usual?.[0] ?? 1;
}

/** From a coordinate to a cell number from 0, empty stretches narrowed. */
function positions(values: readonly number[], distance: number): (value: number) => number {
  const cellOf = (value: number): number => Math.round(value / distance);
  const used = [...new Set(values.map(cellOf))].sort((a, b) => a - b);
  const narrowed = new Map<number, number>();
  let at = 0;
  for (const [index, cell] of used.entries()) {
    const gap = cell - (used[index - 1] ?? cell);
    at += Math.min(gap, AISLE_CELLS_MAX + 1);
    narrowed.set(cell, at);
  }
  return (value) => narrowed.get(cellOf(value)) ?? 0;
}

function rowsOf<Seat extends Placed>(seats: readonly Seat[]): Iterable<readonly Seat[]> {
  return grouped(seats, ({ zone, row }) => JSON.stringify([zone, row]));
}

/** Seats by zone, in the order in which the zones first occur. */
export function zonesOf<Seat extends Placed>(seats: readonly Seat[]): Iterable<readonly Seat[]> {
  return grouped(seats, ({ zone }) => zone);
}

function grouped<Seat>(seats: readonly Seat[], keyOf: (seat: Seat) => string): Iterable<readonly Seat[]> {
  const groups = new Map<string, Seat[]>();
  for (const seat of seats) {
    const key = keyOf(seat);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [seat]);
    else group.push(seat);
  }
  return groups.values();
}

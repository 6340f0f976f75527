import { seatGrid, zonesOf, type GridCell } from './seat-grid.js';
import type { PlacedSeat, SeatMapReply, SeatStateName } from './seat-map-reply.js';

export interface DrawingOptions {
  /** Lines are no longer than this, unless one row of one zone is. */
  readonly columns: number;
  readonly hasColors: boolean;
}

type Mark = SeatStateName | 'wheelchair';

/** With the colour of each as its ANSI code. */
const marks = {
  free: { character: 'o', ansi: 32 },
  wheelchair: { character: '&', ansi: 36 },
  held: { character: '?', ansi: 33 },
  booked: { character: '#', ansi: 31 },
  blocked: { character: 'x', ansi: 90 },
} as const satisfies Record<Mark, { readonly character: string; readonly ansi: number }>;

/** Where seats fall on one cell, the one that can still be bought shows. */
const order: readonly Mark[] = ['free', 'wheelchair', 'held', 'booked', 'blocked'];

/**
 * The hall as lines of text: the whole of it where it fits, otherwise zone by zone,
 * with row names at the left and a legend.
 */
export function drawSeatMap(map: SeatMapReply, options: DrawingOptions): readonly string[] {
  const zones = [...zonesOf(map.seats)];
  const whole = drawSeats(map.seats, options);
  const drawn =
    whole ??
    zones.flatMap((seats) => [
      `${seats[0]?.zone ?? ''}:`,
      ...(drawSeats(seats, options) ?? drawTight(seats, options)),
      '',
    ]);
  return [
    `${map.planName}, revision ${map.revision}${map.cancelled ? ', cancelled: nothing can be booked' : ''}`,
    '',
    ...drawn,
    ...(whole === undefined ? [] : ['']),
    legend(map, options),
  ];
}

/** Undefined when it is wider than the terminal even without space between the seats. */
function drawSeats(seats: readonly PlacedSeat[], options: DrawingOptions): readonly string[] | undefined {
  const cells = seatGrid(seats);
  const width = Math.max(...cells.map(({ column }) => column)) + 1;
  const labels = rowLabels(cells);
  const space = options.columns - labels.width;
  if (width * 2 - 1 <= space) return drawCells(cells, labels, 2, options);
  return width <= space ? drawCells(cells, labels, 1, options) : undefined;
}

/** A row that is wider than the terminal wraps there, which is still better than not to be seen. */
function drawTight(seats: readonly PlacedSeat[], options: DrawingOptions): readonly string[] {
  const cells = seatGrid(seats);
  return drawCells(cells, rowLabels(cells), 1, options);
}

interface RowLabels {
  readonly width: number;
  readonly byLine: ReadonlyMap<number, string>;
}

/** The row's name where all seats of the line have the same. */
function rowLabels(cells: readonly GridCell<PlacedSeat>[]): RowLabels {
  const byLine = new Map<number, string>();
  for (const { line, seat } of cells)
    byLine.set(line, [undefined, seat.row].includes(byLine.get(line)) ? seat.row : '');
  return { width: Math.max(...[...byLine.values()].map((label) => label.length)) + 2, byLine };
}

function drawCells(
  cells: readonly GridCell<PlacedSeat>[],
  labels: RowLabels,
  cellWidth: number,
  options: DrawingOptions,
): readonly string[] {
  const lines: Mark[][] = [];
  for (const { line, column, seat } of cells) {
    const marksOfLine = (lines[line] ??= []);
    const mark = seat.wheelchair && seat.state === 'free' ? 'wheelchair' : seat.state;
    const before = marksOfLine[column];
    if (before === undefined || order.indexOf(mark) < order.indexOf(before)) marksOfLine[column] = mark;
  }
  const headings = zoneHeadings(cells, labels.width, cellWidth);
  // Array.from visits holes as well: they are the aisles.
  return Array.from(lines).flatMap((found: Mark[] | undefined, line) => {
    const label = `${(labels.byLine.get(line) ?? '').padStart(labels.width - 2)}  `;
    const drawn = Array.from(found ?? [], (mark: Mark | undefined) =>
      mark === undefined ? ' ' : paint(mark, options),
    );
    const text = `${label}${drawn.join(' '.repeat(cellWidth - 1))}`.trimEnd();
    const heading = headings.get(line);
    return heading === undefined ? [text] : [heading, text];
  });
}

/** Zone names above the first line of each, by that line; none for a single zone, which is named by the plan. */
function zoneHeadings(
  cells: readonly GridCell<PlacedSeat>[],
  margin: number,
  cellWidth: number,
): ReadonlyMap<number, string> {
  const headings = new Map<number, string>();
  const corners = new Map<string, { line: number; column: number }>();
  for (const { line, column, seat } of cells) {
    const corner = corners.get(seat.zone);
    if (corner === undefined) corners.set(seat.zone, { line, column });
    else {
      corner.line = Math.min(corner.line, line);
      corner.column = Math.min(corner.column, column);
    }
  }
  if (corners.size < 2) return headings;
  for (const [zone, { line, column }] of [...corners].sort(([, a], [, b]) => a.column - b.column)) {
    const before = headings.get(line);
    const at = margin + column * cellWidth;
    headings.set(line, before === undefined ? ' '.repeat(at) + zone : `${before.padEnd(at - 1)} ${zone}`);
  }
  return headings;
}

function legend({ seats, counts }: SeatMapReply, options: DrawingOptions): string {
  const wheelchairs = seats.filter(({ wheelchair, state }) => wheelchair && state === 'free').length;
  const entries: readonly (readonly [Mark, string])[] = [
    ['free', `free ${counts.free}`],
    ...(wheelchairs > 0 ? [['wheelchair', `wheelchair ${wheelchairs}`] as const] : []),
    ['held', `held ${counts.held}`],
    ['booked', `booked ${counts.booked}`],
    ['blocked', `blocked ${counts.blocked}`],
  ];
  return entries.map(([mark, text]) => `${paint(mark, options)} ${text}`).join('   ');
}

function paint(mark: Mark, { hasColors }: DrawingOptions): string {
  const { character, ansi } = marks[mark];
  return hasColors ? `\u001b[${ansi}m${character}\u001b[39m` : character;
}

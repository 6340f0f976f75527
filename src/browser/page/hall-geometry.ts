import type { Plan, PlanSeat } from './api-types.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** How a plan is laid out on the page, in plan units. */
export interface HallGeometry {
  /** Everything there is to see. */
  readonly bounds: Box;
  /** Distance of neighbouring seats. */
  readonly pitch: number;
  readonly rowLabels: readonly Label[];
  /** Empty for a hall of one zone. */
  readonly zoneLabels: readonly Label[];
  /** What people look at: a screen at one end, or a stage between the stands. */
  readonly focus: { readonly kind: 'screen-above' | 'screen-below' | 'stage'; readonly box: Box };
}

/** A gap between rows this many times their distance is where something is played. */
const STAGE_GAP = 4;

export function hallGeometry({ seats }: Plan): HallGeometry {
  const pitch = seatPitch(seats);
  const content = boxAround(seats, pitch / 2);
  const rows = [...groupBy(seats, (seat) => `${seat.zone}\u0000${seat.row}`).values()];
  const zones = [...groupBy(seats, (seat) => seat.zone).values()];
  const focus = focusOf(seats, content, pitch);
  const side = pitch * 1.7;
  const above = (focus.kind === 'screen-above' ? pitch * 3.6 : pitch * 0.8) + (zones.length > 1 ? pitch * 1.2 : 0);
  const below = focus.kind === 'screen-below' ? pitch * 3.6 : pitch * 0.8;
  return {
    pitch,
    bounds: {
      x: content.x - side,
      y: content.y - above,
      width: content.width + 2 * side,
      height: content.height + above + below,
    },
    rowLabels: rows.flatMap((row) => labelsOfRow(row, pitch)),
    zoneLabels: zones.length > 1 ? zones.map((zone) => labelOfZone(zone, pitch)) : [],
    focus,
  };
}

/** Whether a place is in a box, or no farther from it than `margin`. */
export const isIn = (box: Box, { x, y }: { readonly x: number; readonly y: number }, margin: number): boolean =>
  x > box.x - margin && x < box.x + box.width + margin && y > box.y - margin && y < box.y + box.height + margin;

/** Median distance to the next seat of the same row: robust against aisles. */
function seatPitch(seats: readonly PlanSeat[]): number {
  const distances: number[] = [];
  for (const [index, seat] of seats.entries()) {
    const next = seats[index + 1];
    if (next?.row !== seat.row || next.zone !== seat.zone) continue;
    const distance = Math.hypot(next.x - seat.x, next.y - seat.y);
    if (distance > 0) distances.push(distance);
  }
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? 25;
}

function focusOf(seats: readonly PlanSeat[], content: Box, pitch: number): HallGeometry['focus'] {
  const levels = [...new Set(seats.map(({ y }) => y))].sort((a, b) => a - b);
  const gaps = levels.slice(1).map((y, index) => ({ from: levels[index] ?? y, height: y - (levels[index] ?? y) }));
  const widest = gaps.reduce((best, gap) => (gap.height > best.height ? gap : best), { from: 0, height: 0 });
  const usual = gaps.map(({ height }) => height).sort((a, b) => a - b)[gaps.length >> 1] ?? pitch;
  if (widest.height > STAGE_GAP * usual) {
    const height = (widest.height - pitch) * 0.42;
    const y = widest.from + (widest.height - height) / 2 - pitch * 0.3;
    return { kind: 'stage', box: { x: content.x + content.width * 0.15, y, width: content.width * 0.7, height } };
  }
  const first = content.y + pitch / 2;
  const isBelow = rowNumberAt(seats, first) > rowNumberAt(seats, first + content.height - pitch);
  const width = content.width * 0.86;
  const y = isBelow ? content.y + content.height + pitch * 1.6 : content.y - pitch * 1.6;
  return {
    kind: isBelow ? 'screen-below' : 'screen-above',
    box: { x: content.x + (content.width - width) / 2, y, width, height: pitch * 0.9 },
  };
}

/** Row 1 is nearest to the screen. */
function rowNumberAt(seats: readonly PlanSeat[], y: number): number {
  const row = Number(seats.find((seat) => Math.abs(seat.y - y) < 1)?.row);
  return Number.isNaN(row) ? 0 : row;
}

function labelsOfRow(row: readonly PlanSeat[], pitch: number): Label[] {
  const left = row.reduce((a, b) => (b.x < a.x ? b : a));
  const right = row.reduce((a, b) => (b.x > a.x ? b : a));
  return [
    { text: left.row, x: left.x - pitch * 1.05, y: left.y },
    { text: right.row, x: right.x + pitch * 1.05, y: right.y },
  ];
}

function labelOfZone(zone: readonly PlanSeat[], pitch: number): Label {
  const box = boxAround(zone, 0);
  return { text: zone[0]?.zone ?? '', x: box.x + box.width / 2, y: box.y - pitch * 1.35 };
}

function boxAround(seats: readonly PlanSeat[], margin: number): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of seats) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (left > right) return { x: 0, y: 0, width: 1, height: 1 };
  return { x: left - margin, y: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

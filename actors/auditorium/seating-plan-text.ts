import { isJsonObject, isList } from './plan-fields.js';
import type { PlanSeat, SeatingPlan } from './seating-plan.js';

/** Version of the text; raise it when an old text would be read wrongly. */
const FORMAT = 1;

/** A stored plan that this program cannot read: damaged, or written by a newer one. */
export class UnreadableSeatingPlan extends Error {
  override readonly name = 'UnreadableSeatingPlan';
}

/**
 * The plan as compact JSON, to be kept: equal plans give equal texts. Seats stand as
 * tuples under their zone and row, in plan order; a wheelchair place has a sixth element.
 */
export function seatingPlanText(plan: SeatingPlan): string {
  return JSON.stringify({
    format: FORMAT,
    name: plan.name,
    size: [plan.size.width, plan.size.height],
    categories: plan.categories.map(({ name, color }) => [name, color]),
    rows: rowsOf(plan.seats),
  });
}

/** The plan that seatingPlanText wrote. @throws UnreadableSeatingPlan */
export function readSeatingPlan(text: string): SeatingPlan {
  const stored = objectOf(parse(text));
  if (stored['format'] !== FORMAT)
    throw new UnreadableSeatingPlan(`plan format ${String(stored['format'])} is not ${FORMAT}`);
  const [width, height] = listOf(stored['size']);
  const seats: PlanSeat[] = [];
  for (const row of listOf(stored['rows'])) readRow(listOf(row), seats);
  return {
    name: textOf(stored['name']),
    size: { width: numberOf(width), height: numberOf(height) },
    categories: listOf(stored['categories']).map((category) => {
      const [name, color] = listOf(category);
      return { name: textOf(name), color: textOf(color) };
    }),
    seats,
  };
}

type SeatTuple = [seatId: string, number: string, x: number, y: number, category: number, wheelchair?: 1];

/** Runs of seats in the same zone and row; a row that comes back later is written again, for plan order is kept. */
function rowsOf(seats: readonly PlanSeat[]): [zone: string, row: string, seats: SeatTuple[]][] {
  const rows: [string, string, SeatTuple[]][] = [];
  for (const { seatId, zone, row, number, x, y, category, wheelchair } of seats) {
    let run = rows.at(-1);
    if (run?.[0] !== zone || run[1] !== row) {
      run = [zone, row, []];
      rows.push(run);
    }
    run[2].push(wheelchair ? [seatId, number, x, y, category, 1] : [seatId, number, x, y, category]);
  }
  return rows;
}

function readRow([zoneText, rowText, stored]: readonly unknown[], seats: PlanSeat[]): void {
  const zone = textOf(zoneText);
  const row = textOf(rowText);
  for (const seat of listOf(stored)) {
    const [seatId, number, x, y, category, wheelchair] = listOf(seat);
    seats.push({
      seatId: textOf(seatId),
      zone,
      row,
      number: textOf(number),
      x: numberOf(x),
      y: numberOf(y),
      category: numberOf(category),
      wheelchair: wheelchair === 1,
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableSeatingPlan('not JSON', { cause: error });
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (isJsonObject(value)) return value;
  throw unexpected('an object', value);
}

function listOf(value: unknown): readonly unknown[] {
  if (isList(value)) return value;
  throw unexpected('a list', value);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw unexpected('a text', value);
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  throw unexpected('a number', value);
}

function unexpected(wanted: string, value: unknown): UnreadableSeatingPlan {
  return new UnreadableSeatingPlan(`${typeof value} where ${wanted} should be`);
}

import { readFileSync } from 'node:fs';

/** A real plan of the demo, as bytes. */
export function realPlan(name: 'zal-10' | 'riethsporthalle'): Uint8Array {
  return readFileSync(new URL(`../../../src/demo/seating-plans/${name}.json`, import.meta.url));
}

export interface RawSeat {
  seat_guid: unknown;
  seat_number: unknown;
  position?: unknown;
  category: unknown;
  wheelchair?: unknown;
}

export interface RawRow {
  row_number: unknown;
  position?: unknown;
  seats: RawSeat[];
}

export interface RawZone {
  name: unknown;
  position?: unknown;
  rows: RawRow[];
}

export interface RawPlan {
  name: unknown;
  size: unknown;
  categories: unknown;
  zones: RawZone[];
}

export function rawSeat(seatId: unknown, more: Partial<RawSeat> = {}): RawSeat {
  return { seat_guid: seatId, seat_number: '1', position: { x: 0, y: 0 }, category: 'Standard', ...more };
}

/** A plan as a file has it: two zones, three rows, four seats, nothing wrong. */
export function rawPlan(more: Partial<RawPlan> = {}): RawPlan {
  return {
    name: 'Small',
    size: { width: 200, height: 100 },
    categories: [{ name: 'Standard', color: '#1D3557' }],
    zones: [
      {
        name: 'Left',
        position: { x: 100, y: 10 },
        rows: [
          {
            row_number: '1',
            position: { x: 5, y: 1 },
            seats: [rawSeat('a', { position: { x: 0.5, y: 0 } }), rawSeat('b')],
          },
          { row_number: '2', seats: [rawSeat('c', { wheelchair: true })] },
        ],
      },
      { name: 'Right', rows: [{ row_number: '1', seats: [rawSeat('d')] }] },
    ],
    ...more,
  };
}

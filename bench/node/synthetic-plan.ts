const SEATS_PER_ROW = 200;
const PITCH = 20;

/** The seating-plan JSON of a hall that is one big block: seats S-0, S-1, ... */
export function syntheticPlan(seats: number): string {
  const rows = Array.from({ length: Math.ceil(seats / SEATS_PER_ROW) }, (_, row) => ({
    row_number: String(row + 1),
    position: { x: 0, y: row * PITCH },
    seats: Array.from({ length: Math.min(SEATS_PER_ROW, seats - row * SEATS_PER_ROW) }, (_unused, column) => ({
      seat_number: String(column + 1),
      seat_guid: `S-${String(row * SEATS_PER_ROW + column)}`,
      position: { x: column * PITCH, y: 0 },
      category: 'Standard',
    })),
  }));
  return JSON.stringify({
    name: `Synthetic hall of ${String(seats)} seats`,
    size: { width: SEATS_PER_ROW * PITCH, height: rows.length * PITCH },
    categories: [{ name: 'Standard', color: '#1D3557' }],
    zones: [{ name: 'Block', position: { x: 0, y: 0 }, rows }],
  });
}

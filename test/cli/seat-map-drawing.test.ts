import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseSeatingPlanBytes } from '../../actors/auditorium/parse-seating-plan-bytes.js';
import { drawSeatMap } from '../../src/cli/seat-map-drawing.js';
import type { PlacedSeat, SeatMapReply } from '../../src/cli/seat-map-reply.js';

function realHall(name: string, states: Readonly<Record<string, PlacedSeat['state']>> = {}): SeatMapReply {
  const bytes = readFileSync(new URL(`../../src/demo/seating-plans/${name}.json`, import.meta.url));
  const parsed = parseSeatingPlanBytes(bytes, { seatsMax: 2_000 });
  if (parsed.kind === 'faults') throw new Error(name);
  const seats = parsed.plan.seats.map((seat) => ({ ...seat, state: states[seat.seatId] ?? ('free' as const) }));
  const count = (state: PlacedSeat['state']) => seats.filter((seat) => seat.state === state).length;
  const counts = { free: count('free'), held: count('held'), booked: count('booked'), blocked: count('blocked') };
  return { planName: parsed.plan.name, revision: 7, cancelled: false, counts, seats };
}

const seatMarks = (lines: readonly string[]): number =>
  lines
    .slice(0, -1)
    .reduce((sum, line) => sum + (line.replace(/Block \w/g, '').match(/[o&?#x](?= |o|&|\?|#|x|$)/g)?.length ?? 0), 0);

describe('the drawing of a hall', () => {
  it('shows rows, aisles, states and a legend', () => {
    const map = realHall('zal-10', { '1-14': 'held', '1-13': 'booked', '9-1': 'blocked' });
    expect(drawSeatMap(map, { columns: 80, hasColors: false })).to.deep.equal([
      'Zal 10, revision 7',
      '',
      '1  ? # o o o o o o o o o o o o',
      ...['2', '3', '4', '5'].map((row) => `${row}  o o o o o o o o o o o o o o`),
      '',
      ...['6', '7', '8'].map((row) => `${row}      o o o o o o o o o o`),
      '9      o o o o o o o o o x',
      '',
      'o free 107   ? held 1   # booked 1   x blocked 1',
    ]);
  });

  it('shows 1,252 seats as one hall where it fits, each once', () => {
    for (const columns of [110, 220]) {
      const lines = drawSeatMap(realHall('riethsporthalle'), { columns, hasColors: false });
      expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(columns);
      expect(lines.filter((line) => line.includes('Block D'))).to.deep.equal(
        lines.filter((line) => line.includes('Block F')),
      );
      expect(seatMarks(lines.slice(1))).to.equal(1_252);
    }
  });

  it('shows it zone by zone where it does not', () => {
    const lines = drawSeatMap(realHall('riethsporthalle'), { columns: 80, hasColors: false });
    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(80);
    expect(lines.filter((line) => line.startsWith('Block '))).to.have.length(6);
    expect(seatMarks(lines.slice(1))).to.equal(1_252);
    expect(lines.at(-1)).to.include('& wheelchair 21');
  });

  it('of a screening that is cancelled says so', () => {
    const [title] = drawSeatMap({ ...realHall('zal-10'), cancelled: true }, { columns: 80, hasColors: false });
    expect(title).to.equal('Zal 10, revision 7, cancelled: nothing can be booked');
  });

  it('has colours only when they are wanted', () => {
    const colored = drawSeatMap(realHall('zal-10'), { columns: 80, hasColors: true }).join('\n');
    expect(colored).to.include('\u001b[32mo');
  });

  it('of a hall without seats is its legend', () => {
    const map = {
      planName: 'Empty',
      revision: 1,
      cancelled: false,
      counts: { free: 0, held: 0, booked: 0, blocked: 0 },
      seats: [],
    };
    expect(drawSeatMap(map, { columns: 80, hasColors: false }).at(-1)).to.include('free 0');
  });
});

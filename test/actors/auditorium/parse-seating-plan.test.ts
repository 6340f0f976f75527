import { expect } from 'chai';
import { categorySeats } from '../../../actors/auditorium/category-seats.js';
import { parseSeatingPlan } from '../../../actors/auditorium/parse-seating-plan.js';
import { parseSeatingPlanBytes } from '../../../actors/auditorium/parse-seating-plan-bytes.js';
import type { PlanFault } from '../../../actors/auditorium/plan-faults.js';
import type { SeatingPlan } from '../../../actors/auditorium/seating-plan.js';
import { rawPlan, rawSeat, realPlan, type RawPlan } from './plans.js';

const limits = { seatsMax: 200_000 };

function planOf(parsed: ReturnType<typeof parseSeatingPlan>): SeatingPlan {
  if (parsed.kind === 'faults') throw new Error(JSON.stringify(parsed.faults));
  return parsed.plan;
}

function faultsOf(json: unknown, seatsMax = limits.seatsMax): readonly PlanFault[] {
  const parsed = parseSeatingPlan(json, { seatsMax });
  return parsed.kind === 'faults' ? parsed.faults : [];
}

/** The small plan with its first seat changed. */
function withSeat(change: object): RawPlan {
  const plan = rawPlan();
  Object.assign(plan.zones[0]?.rows[0]?.seats[0] ?? {}, change);
  return plan;
}

const firstSeat = 'zones[0].rows[0].seats[0]';

describe('a seating plan file', () => {
  it('of a cinema hall: 110 seats in 9 rows', () => {
    const plan = planOf(parseSeatingPlanBytes(realPlan('zal-10'), limits));
    expect(plan.seats).to.have.length(110);
    expect(new Set(plan.seats.map(({ row }) => row)).size).to.equal(9);
    expect(plan.seats.at(-1)).to.deep.equal({
      seatId: '9-1',
      zone: 'Zal 10',
      row: '9',
      number: '1',
      x: 275,
      y: 360,
      category: 0,
      wheelchair: false,
    });
  });

  it('of a sports hall: 1,252 seats in 6 zones, 21 of them for wheelchairs', () => {
    const plan = planOf(parseSeatingPlanBytes(realPlan('riethsporthalle'), limits));
    expect(plan.name).to.equal('Riethsporthalle Erfurt');
    expect(plan.seats).to.have.length(1_252);
    expect(plan.seats.filter(({ wheelchair }) => wheelchair)).to.have.length(21);
    expect(categorySeats(plan).map(({ name, seats }) => [name, seats])).to.deep.equal([
      ['Kategorie I', 310],
      ['Kategorie II', 545],
      ['Kategorie III', 153],
      ['Fanblock', 82],
      ['C unten', 81],
      ['VIP', 81],
    ]);
    expect(plan.seats.at(-1)).to.include({ seatId: 'C-12-28', x: 2_325, y: 1_040 });
  });

  it('places a seat at the sum of the positions of zone, row and seat; a missing zone or row position is 0,0', () => {
    const places = planOf(parseSeatingPlan(rawPlan(), limits)).seats.map(({ seatId, x, y }) => [seatId, x, y]);
    expect(places).to.deep.equal([
      ['a', 105.5, 11],
      ['b', 105, 11],
      ['c', 100, 10],
      ['d', 0, 0],
    ]);
  });

  it('may have keys nobody knows', () => {
    const plan = {
      ...rawPlan(),
      uuid: 'x',
      zones: rawPlan().zones.map((zone) => ({ ...zone, areas: [{}], zone_id: 7 })),
    };
    expect(planOf(parseSeatingPlan(plan, limits)).seats).to.have.length(4);
  });

  it('of 200,000 seats is read at once', () => {
    const row = (zone: number, index: number) => ({
      row_number: String(index),
      position: { x: 0, y: index * 30 },
      seats: Array.from({ length: 100 }, (_, seat) =>
        rawSeat(`${zone}-${index}-${seat}`, { position: { x: seat * 25, y: 0 } }),
      ),
    });
    const zones = Array.from({ length: 20 }, (_, zone) => ({
      name: `Block ${zone}`,
      rows: Array.from({ length: 100 }, (_unused, index) => row(zone, index)),
    }));
    const bytes = Buffer.from(JSON.stringify(rawPlan({ zones })));
    const startMs = performance.now();
    const plan = planOf(parseSeatingPlanBytes(bytes, limits));
    const tookMs = performance.now() - startMs;
    expect(plan.seats).to.have.length(200_000);
    process.stdout.write(`      200,000 seats, ${(bytes.length / 1e6).toFixed(0)} MB: ${tookMs.toFixed(0)} ms\n`);
  });
});

describe('a fault in a seating plan', () => {
  it('names a repeated seat_guid and where it was first', () => {
    const plan = rawPlan();
    plan.zones[1]?.rows[0]?.seats.push(rawSeat('b'));
    expect(faultsOf(plan)).to.deep.equal([
      {
        path: 'zones[1].rows[0].seats[1].seat_guid',
        problem: 'is already used at zones[0].rows[0].seats[1].seat_guid',
      },
    ]);
  });

  it('names a category the plan does not have', () => {
    expect(faultsOf(withSeat({ category: 'Royal' }))).to.deep.equal([
      { path: `${firstSeat}.category`, problem: 'is not one of the categories of the plan' },
    ]);
  });

  it('names a seat without a place of its own', () => {
    expect(faultsOf(withSeat({ position: undefined }))).to.deep.equal([
      { path: `${firstSeat}.position`, problem: 'is missing' },
    ]);
    expect(faultsOf(withSeat({ position: { x: 1 } }))).to.deep.equal([
      { path: `${firstSeat}.position.y`, problem: 'is missing' },
    ]);
  });

  it('names a number that is none, or of no real room', () => {
    for (const x of [NaN, Infinity, -Infinity, 1_000_001, -1e300]) {
      expect(faultsOf(withSeat({ position: { x, y: 0 } }))).to.deep.equal([
        { path: `${firstSeat}.position.x`, problem: 'must be between -1000000 and 1000000' },
      ]);
    }
    const parsed = parseSeatingPlanBytes(Buffer.from(JSON.stringify(rawPlan()).replace('0.5', '1e999')), limits);
    expect(parsed.kind === 'faults' && parsed.faults[0]?.path).to.equal(`${firstSeat}.position.x`);
    const zone = rawPlan();
    Object.assign(zone.zones[0] ?? {}, { position: { x: '5', y: 0 } });
    expect(faultsOf(zone)).to.deep.equal([{ path: 'zones[0].position.x', problem: 'must be a number' }]);
    for (const width of [0, -1, 1e7]) {
      expect(faultsOf(rawPlan({ size: { width, height: 1 } }))).to.have.nested.property('[0].path', 'size.width');
    }
  });

  it('names the first seat past the limit, and reads no further', () => {
    expect(faultsOf(rawPlan(), 4)).to.deep.equal([]);
    expect(faultsOf(rawPlan(), 2)).to.deep.equal([
      { path: 'zones[0].rows[1].seats[0]', problem: 'is one seat too many; at most 2 are allowed' },
    ]);
  });

  it('is to have no seats', () => {
    const nothing = [{ path: 'zones', problem: 'has no seats' }];
    expect(faultsOf(rawPlan({ zones: [] }))).to.deep.equal(nothing);
    expect(faultsOf(rawPlan({ zones: [{ name: 'Empty', rows: [{ row_number: '1', seats: [] }] }] }))).to.deep.equal(
      nothing,
    );
  });

  it('names what is missing or of another type', () => {
    expect(faultsOf(null)).to.deep.equal([{ path: '$', problem: 'must be an object' }]);
    expect(faultsOf([])).to.deep.equal([{ path: '$', problem: 'must be an object' }]);
    expect(faultsOf({}).map(({ path, problem }) => `${path} ${problem}`)).to.deep.equal([
      'name is missing',
      'size is missing',
      'categories is missing',
      'zones is missing',
    ]);
    const cases: readonly (readonly [unknown, string])[] = [
      [rawPlan({ name: 5 }), 'name must be a text'],
      [rawPlan({ size: [1, 2] }), 'size must be an object'],
      [rawPlan({ categories: [...standard, 'VIP'] }), 'categories[1] must be an object'],
      [{ ...rawPlan(), zones: {} }, 'zones must be a list'],
      [{ ...rawPlan(), zones: [...rawPlan().zones, null] }, 'zones[2] must be an object'],
      [{ ...rawPlan(), zones: [...rawPlan().zones, { name: 'x' }] }, 'zones[2].rows is missing'],
      [{ ...rawPlan(), zones: [...rawPlan().zones, { name: 'x', rows: [7] }] }, 'zones[2].rows[0] must be an object'],
      [withSeat({ seat_guid: 14 }), `${firstSeat}.seat_guid must be a text`],
      [withSeat({ seat_number: null }), `${firstSeat}.seat_number must be a text`],
      [withSeat({ wheelchair: 'yes' }), `${firstSeat}.wheelchair must be true or false`],
      [withSeat({ position: [0, 0] }), `${firstSeat}.position must be an object with x and y`],
    ];
    for (const [plan, fault] of cases) {
      expect(faultsOf(plan).map(({ path, problem }) => `${path} ${problem}`)).to.deep.equal([fault]);
    }
  });

  it('names a text that is empty, too long, ill-formed or has control characters', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['', 'is empty'],
      ['x'.repeat(129), 'has 129 characters; at most 128 are allowed'],
      ['a\nb', 'has a control character'],
      ['a\u0085', 'has a control character'],
      ['a\u2028b', 'has a control character'],
      ['\ud800', 'is not well-formed Unicode'],
    ];
    for (const [text, problem] of cases) {
      expect(faultsOf(withSeat({ seat_guid: text }))).to.deep.equal([{ path: `${firstSeat}.seat_guid`, problem }]);
    }
    for (const text of ['x'.repeat(128), 'Ряд 5 · 座席 🎬'])
      expect(faultsOf(withSeat({ seat_guid: text }))).to.deep.equal([]);
  });

  it('names a category name that is there twice', () => {
    expect(faultsOf(rawPlan({ categories: [...standard, ...standard] }))).to.deep.equal([
      { path: 'categories[1].name', problem: 'is already used at categories[0].name' },
    ]);
  });

  it('names a colour that could be more than a colour', () => {
    const problem = 'is not a colour: use #rgb, #rrggbb or a CSS colour name';
    for (const color of [
      'red;}*{display:none',
      'url(x)',
      '#12',
      '#1234567',
      '#ggg',
      'rgb(0,0,0)',
      'red ',
      'red\u00a0',
    ]) {
      expect(faultsOf(rawPlan({ categories: [{ name: 'Standard', color }] }))).to.deep.equal([
        { path: 'categories[0].color', problem },
      ]);
    }
    for (const color of ['#abc', '#A1B2C3', 'rebeccapurple']) {
      expect(faultsOf(rawPlan({ categories: [{ name: 'Standard', color }] }))).to.deep.equal([]);
    }
  });

  it('is listed with the first twenty, in the order of the file; the others only show that there are more', () => {
    const seats = Array.from({ length: 500 }, (_, index) => rawSeat(`s${index}`, { category: 'Royal' }));
    const plan = (count: number) =>
      rawPlan({ zones: [{ name: 'x', rows: [{ row_number: '1', seats: seats.slice(0, count) }] }] });
    expect(faultsOf(plan(20))).to.have.length(20);
    const faults = faultsOf(plan(500));
    expect(faults).to.have.length(21);
    expect(faults[19]?.path).to.equal('zones[0].rows[0].seats[19].category');
    expect(faults[20]).to.deep.equal({ path: '$', problem: 'and more' });
  });
});

const standard = [{ name: 'Standard', color: '#1D3557' }];

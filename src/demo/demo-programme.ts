/** A hall of the demo: its id, the request that makes it, and its seating plan. */
export interface DemoAuditorium {
  readonly auditoriumId: string;
  readonly requestId: string;
  readonly seatingPlan: URL;
}

export interface DemoScreening {
  readonly screeningId: string;
  readonly requestId: string;
  readonly auditoriumId: string;
  readonly title: string;
  readonly startsAtMs: number;
}

export const demoAuditoriums: readonly DemoAuditorium[] = [
  {
    auditoriumId: 'zal-10',
    requestId: 'd0c1a000-0000-4000-8000-000000000001',
    seatingPlan: new URL('./seating-plans/zal-10.json', import.meta.url),
  },
  {
    auditoriumId: 'riethsporthalle',
    requestId: 'd0c1a000-0000-4000-8000-000000000002',
    seatingPlan: new URL('./seating-plans/riethsporthalle.json', import.meta.url),
  },
];

const programme = [
  { screeningId: 'zal-10-tonight', auditoriumId: 'zal-10', title: 'The Night Usher', day: 0, hour: 20, minute: 0 },
  { screeningId: 'zal-10-late', auditoriumId: 'zal-10', title: 'Last Row, Left Aisle', day: 0, hour: 22, minute: 45 },
  { screeningId: 'zal-10-matinee', auditoriumId: 'zal-10', title: 'A Kite for Winter', day: 1, hour: 15, minute: 0 },
  { screeningId: 'zal-10-tomorrow', auditoriumId: 'zal-10', title: 'The Night Usher', day: 1, hour: 20, minute: 0 },
  {
    screeningId: 'riethsporthalle-premiere',
    auditoriumId: 'riethsporthalle',
    title: 'Lanterns over the Gera (premiere)',
    day: 2,
    hour: 19,
    minute: 30,
  },
  {
    screeningId: 'riethsporthalle-family',
    auditoriumId: 'riethsporthalle',
    title: 'A Kite for Winter (family screening)',
    day: 3,
    hour: 11,
    minute: 0,
  },
] as const;

/** Sales close when a screening starts: leave an evening of them. */
const SALES_MIN_MS = 3_600_000;

/**
 * This evening and the days after, in local time; the first evening is tomorrow's when
 * today's is less than an hour away.
 */
export function demoScreenings(nowMs: number): readonly DemoScreening[] {
  const firstDay = localTime(nowMs, 0, 20, 0) - nowMs >= SALES_MIN_MS ? 0 : 1;
  return programme.map(({ screeningId, auditoriumId, title, day, hour, minute }, index) => ({
    screeningId,
    requestId: `d0c1a000-0000-4000-8000-0000000001${String(index).padStart(2, '0')}`,
    auditoriumId,
    title,
    startsAtMs: localTime(nowMs, firstDay + day, hour, minute),
  }));
}

function localTime(nowMs: number, daysAhead: number, hour: number, minute: number): number {
  const time = new Date(nowMs);
  time.setDate(time.getDate() + daysAhead);
  time.setHours(hour, minute, 0, 0);
  return time.getTime();
}

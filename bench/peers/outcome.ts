import type { Histogram } from 'hdr-histogram-js';
import type { Chart, Outcome, Table, Target } from '../scenario.js';
import type { Account } from './account.js';
import type { ContenderName } from './contenders.js';
import type { Measured, PeerResult } from './measure.js';

/** In the order of tables and plots. */
const NAMES: readonly ContenderName[] = ['floor', 'ours', 'redis', 'postgres', 'classic', 'classic-defaults'];
const RIVALS = ['floor', 'classic', 'postgres', 'redis'] as const;

const LEAST_RATIO: Readonly<Record<(typeof RIVALS)[number], number>> = {
  floor: 0.9,
  classic: 25,
  postgres: 4,
  redis: 1,
};
/** Of our p99 over that of `classic`, at the same load. */
const P99_RATIO_MAX = 0.1;

export function outcomeOf({ measured, equalLoad }: PeerResult): Outcome {
  const equals = NAMES.filter((name) => (measured.get(name)?.account.equalLoadMicros.totalCount ?? 0) > 0);
  const of = (name: ContenderName): Measured => {
    const found = measured.get(name);
    if (found === undefined) throw new Error(`${name} was not measured`);
    return found;
  };
  const each = (value: (one: Measured) => number | null): Record<string, number | null> =>
    Object.fromEntries(NAMES.map((name) => [name, value(of(name))]));
  const equally = (value: (one: Measured) => number): Record<string, number> =>
    Object.fromEntries(equals.map((name) => [name, value(of(name))]));
  const total = (value: (one: Measured) => number): number => NAMES.reduce((sum, name) => sum + value(of(name)), 0);
  const ratio = (rival: ContenderName): number => round(of('ours').account.rps / of(rival).account.rps);
  const p99 = (name: ContenderName): number => ms(of(name).account.equalLoadMicros, 99);
  const p99Ratio = round(p99('ours') / p99('classic'));
  return {
    figures: {
      ratios: Object.fromEntries(RIVALS.map((rival) => [rival, ratio(rival)])),
      ratio_classic_defaults: ratio('classic-defaults'),
      p99_ratio_at_equal_load: p99Ratio,
      equal_load_rps: equalLoad,
      rps: each(({ account }) => Math.round(account.rps)),
      callers: each(({ callers }) => callers),
      server_cpu_us: each(({ account }) => perRequest(account.counted.serverCpuMicros, account)),
      server_busy_cores: each(({ account }) => round(busyCores(account))),
      cpu_ratio_floor: round(cpuRatio(of)),
      stores_cpu_us: each(({ account }) => perRequest(account.counted.storeCpuMicros, account)),
      p99_ms_at_full_load: each(({ account }) => ms(account.fullLoadMicros, 99)),
      p50_ms_at_equal_load: equally(({ account }) => ms(account.equalLoadMicros, 50)),
      p99_ms_at_equal_load: equally(({ account }) => ms(account.equalLoadMicros, 99)),
      accepted: total(({ account }) => account.accepted),
      refused: total(({ account }) => account.refused),
      errors: total(({ account }) => account.errors),
      oversold: total(({ sweep }) => sweep?.oversold ?? 0),
      lost: total(({ sweep }) => sweep?.lost ?? 0),
    },
    tables: [
      throughput(of, ratio),
      latency('Latency in ms in those rounds', NAMES, (name) => of(name).account.fullLoadMicros),
      latency(
        `Latency in ms at ${String(equalLoad)} requests/s for everybody, from the moment each was due`,
        equals,
        (name) => of(name).account.equalLoadMicros,
      ),
      answers(of),
    ],
    charts: [throughputChart(of), latencyChart(of, equals, equalLoad)],
    targets: targets(ratio, p99Ratio),
    faults: NAMES.flatMap((name) => of(name).account.faults),
    notes: [
      'Refused are the losers of the check with 2,000 requests for 100 seats, which every contender but the floor had to pass before it was measured; all other requests ask for seats that are free.',
      loadNote(of),
    ],
  };
}

type Of = (name: ContenderName) => Measured;

/** How much of the ratio to the floor is the generator's doing. */
function loadNote(of: Of): string {
  const [floor, ours] = [busyCores(of('floor').account), busyCores(of('ours').account)];
  return (
    `In the rounds of throughput the server was busy ${floor.toFixed(2)} of a core with the floor and ${ours.toFixed(2)} of one with ours ` +
    '(its CPU each, times accepted/s). Where that is less than 1 the generator, which shares the cores, has held the throughput ' +
    `down as well. By the server's CPU each alone ours over the floor is ${cpuRatio(of).toFixed(2)}. The floor is a method as ` +
    'grpc-js serves it; ours and the peers answer their calls past it.'
  );
}

/** CPU time that one of the floor's requests takes of the server, over that of one of ours. */
function cpuRatio(of: Of): number {
  return cpuMicrosEach(of('floor').account) / cpuMicrosEach(of('ours').account);
}

/** Of the server, on average over the rounds of throughput. */
function busyCores(account: Account): number {
  return (account.rps * cpuMicrosEach(account)) / 1e6;
}

/** Of the server. */
function cpuMicrosEach({ counted }: Account): number {
  return counted.serverCpuMicros / counted.acceptedWithWarmUp;
}

function targets(ratio: (rival: ContenderName) => number, p99Ratio: number): readonly Target[] {
  return [
    ...RIVALS.map((rival) => ({
      what: `throughput over ${rival}`,
      measured: ratio(rival),
      bound: LEAST_RATIO[rival],
      side: 'at least' as const,
    })),
    { what: 'p99 over that of classic at the same load', measured: p99Ratio, bound: P99_RATIO_MAX, side: 'at most' },
  ];
}

function throughput(of: Of, ratio: (rival: ContenderName) => number): Table {
  return {
    title: 'Holds per second, as many as each can take',
    columns: [
      '',
      'callers',
      'accepted/s',
      'slowest to fastest round',
      'ours over it',
      'CPU us of the server, each',
      'of Postgres and Redis',
    ],
    rows: NAMES.map((name) => {
      const { account, callers } = of(name);
      const span = `${String(Math.round(Math.min(...account.roundRps)))} to ${String(Math.round(Math.max(...account.roundRps)))}`;
      return [
        name,
        callers,
        Math.round(account.rps),
        span,
        name === 'ours' ? '' : ratio(name),
        perRequest(account.counted.serverCpuMicros, account) ?? '',
        perRequest(account.counted.storeCpuMicros, account) ?? 'not measured',
      ];
    }),
  };
}

function latency(title: string, names: readonly ContenderName[], of: (name: ContenderName) => Histogram): Table {
  return {
    title,
    columns: ['', 'p50', 'p95', 'p99', 'max', 'requests'],
    rows: names.map((name) => {
      const all = of(name);
      return [name, ms(all, 50), ms(all, 95), ms(all, 99), ms(all, 100), all.totalCount];
    }),
  };
}

function answers(of: Of): Table {
  return {
    title: 'Answers, warm-up included, and what the stores say',
    columns: ['', 'accepted', 'refused', 'errors', 'seats held in the store', 'oversold', 'lost'],
    rows: NAMES.map((name) => {
      const { account, sweep } = of(name);
      const { accepted, refused, errors } = account;
      if (sweep === undefined) return [name, accepted, refused, errors, 'has none', '', ''];
      return [name, accepted, refused, errors, sweep.taken, sweep.oversold, sweep.lost];
    }),
  };
}

function throughputChart(of: Of): Chart {
  return {
    name: 'throughput',
    title: 'Holds per second on one hot screening',
    kind: 'bar',
    x: { label: 'who' },
    y: { label: 'accepted per second' },
    series: [{ name: 'accepted/s', points: NAMES.map((name) => [name, Math.round(of(name).account.rps)]) }],
  };
}

const PERCENTILES = [50, 75, 90, 95, 99, 99.9];

function latencyChart(of: Of, names: readonly ContenderName[], equalLoad: number): Chart {
  return {
    name: 'latency',
    title: `Latency at ${String(equalLoad)} requests/s`,
    kind: 'line',
    x: { label: 'percentile' },
    y: { label: 'ms', isLogarithmic: true },
    series: names.map((name) => ({
      name,
      points: PERCENTILES.map((at) => [`p${String(at)}`, ms(of(name).account.equalLoadMicros, at)] as const),
    })),
  };
}

function ms(histogram: Histogram, percentile: number): number {
  return round(histogram.getValueAtPercentile(percentile) / 1000);
}

/** Microseconds; null where it could not be measured. */
function perRequest(micros: number, { counted }: Measured['account']): number | null {
  return Number.isNaN(micros) ? null : round(micros / counted.acceptedWithWarmUp);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

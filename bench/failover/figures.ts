/** What the benchmark found out; null where the part that tells it was not run, NaN where it ran and had no samples. Times in ms. */
export interface Figures {
  readonly kills: number | null;
  /** Over all screenings of all killed nodes: kill to first successful command. */
  readonly failover_p50_ms: number | null;
  readonly failover_p99_ms: number | null;
  readonly failover_max_ms: number | null;
  /** Screenings that did not come back in 20 s; they count as 20 s above. */
  readonly never_back: number | null;
  /** Of the clients during the kills: neither OK nor a business refusal. Not in failed_requests. */
  readonly kill_failed_requests: number | null;
  readonly drain_pause_p50_ms: number | null;
  /** Over all screenings that drained nodes handed over, by DrainNode. */
  readonly drain_pause_p99_ms: number | null;
  readonly drain_pause_max_ms: number | null;
  /** What the same measure says of the same screenings when nothing moves: the machine's own hiccups. */
  readonly calm_pause_p99_ms: number | null;
  /** Over all screenings that went back when the drain was cancelled. */
  readonly return_pause_p99_ms: number | null;
  /** Over all screenings that stopping nodes handed over, by SIGTERM. */
  readonly rolling_pause_p99_ms: number | null;
  /** Of the clients during drains, the rolling restart and the join: neither OK nor a business refusal. */
  readonly failed_requests: number | null;
  /** Tries in the same parts that were answered UNAVAILABLE or whose connection broke; clients repeated them. */
  readonly unavailable_tries: number | null;
  readonly forward_rate: number | null;
  readonly local_cpu_ms_per_1000: number | null;
  readonly forward_cpu_ms_per_1000: number | null;
  readonly forward_cpu_ratio: number | null;
  readonly load_max_over_mean: number | null;
  readonly activations_per_second: number | null;
  /** From the start of the joining node's process until it held its share. */
  readonly join_ms: number | null;
  /** The part of it after it had joined the view. */
  readonly take_over_ms: number | null;
  readonly joined_screenings: number | null;
  /** Commands of all parts. */
  readonly commands: number;
  /** Commands that were not sent, because too many were under way. */
  readonly skipped: number;
  readonly wrong_answers: number;
  readonly lost: number;
  readonly double_sold: number;
}

export const NO_FIGURES: Figures = {
  kills: null,
  failover_p50_ms: null,
  failover_p99_ms: null,
  failover_max_ms: null,
  never_back: null,
  kill_failed_requests: null,
  drain_pause_p50_ms: null,
  drain_pause_p99_ms: null,
  drain_pause_max_ms: null,
  calm_pause_p99_ms: null,
  return_pause_p99_ms: null,
  rolling_pause_p99_ms: null,
  failed_requests: null,
  unavailable_tries: null,
  forward_rate: null,
  local_cpu_ms_per_1000: null,
  forward_cpu_ms_per_1000: null,
  forward_cpu_ratio: null,
  load_max_over_mean: null,
  activations_per_second: null,
  join_ms: null,
  take_over_ms: null,
  joined_screenings: null,
  commands: 0,
  skipped: 0,
  wrong_answers: 0,
  lost: 0,
  double_sold: 0,
};

/** Figures that several parts add to. */
const SUMS = [
  'failed_requests',
  'unavailable_tries',
  'commands',
  'skipped',
  'wrong_answers',
  'lost',
  'double_sold',
] as const;

/** Both together: sums are added, everything else is the later one's where it tells it. */
export function together(earlier: Figures, later: Partial<Figures>): Figures {
  const told = Object.fromEntries(Object.entries(later).filter(([, value]) => value !== null));
  const sums = Object.fromEntries(
    SUMS.filter((name) => later[name] !== undefined && later[name] !== null).map((name) => [
      name,
      (earlier[name] ?? 0) + (later[name] ?? 0),
    ]),
  );
  return { ...earlier, ...told, ...sums };
}

/** The most that is allowed of a figure. */
export const TARGETS: ReadonlyMap<string, number> = new Map<keyof Figures, number>([
  ['failover_p99_ms', 3_000],
  ['never_back', 0],
  ['drain_pause_p99_ms', 250],
  ['rolling_pause_p99_ms', 250],
  ['failed_requests', 0],
  ['forward_cpu_ratio', 1.6],
  ['load_max_over_mean', 1.25],
  ['take_over_ms', 10_000],
  ['wrong_answers', 0],
  ['lost', 0],
  ['double_sold', 0],
]);

/** Names of the figures that are told and not within their target: what has no samples is not. */
export function missedTargets(figures: Figures): readonly string[] {
  return Object.entries(figures)
    .filter(([name, value]) => {
      const bound = TARGETS.get(name);
      return value !== null && bound !== undefined && !(value <= bound);
    })
    .map(([name]) => name);
}

/** To three digits behind the point. */
export function rounded(figures: Figures): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, value === null ? null : Math.round(value * 1000) / 1000]),
  );
}

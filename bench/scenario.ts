/** What can be measured by `npm run bench`. One scenario, one file in bench/scenarios. */
export interface Scenario {
  /** As `--only` takes it; also the name of its raw data in bench/results. */
  readonly name: string;
  readonly title: string;
  /** What is measured and how, for the report: a few sentences of Markdown. */
  readonly about: string;
  /** Rejects when there is nothing to measure with, and then writes no figure. */
  readonly run: (stage: Stage) => Promise<Outcome>;
}

/** What a scenario is given. */
export interface Stage {
  /** An empty folder of its own, removed afterwards. */
  readonly home: string;
  /** A tenth of the time and of the data: shows that it runs, not how fast. */
  readonly isShort: boolean;
  /** @param done share of the scenario that is behind it, 0 to 1 */
  readonly progress: (step: string, done: number) => void;
}

/** What a scenario found. */
export interface Outcome {
  /** What `--json` writes. Names carry their unit. */
  readonly figures: Figures;
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  readonly targets: readonly Target[];
  /**
   * Wrong answers, seats with two owners, acknowledged holds that are not in the
   * journal, errors over the budget: each a sentence. Any of them fails the run.
   */
  readonly faults: readonly string[];
  /** What a reader must know to read the figures; Markdown sentences. */
  readonly notes: readonly string[];
}

/** By name, at most one level of groups deep. */
export type Figures = Readonly<Record<string, Figure | Readonly<Record<string, Figure>>>>;

/** null is what was not measured. */
export type Figure = number | string | null;

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** One cell per column, already rounded and with its unit in the column's name. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A plot; the report draws it as SVG. */
export interface Chart {
  /** Of the file, without its ending; unique in the scenario. */
  readonly name: string;
  readonly title: string;
  readonly kind: 'bar' | 'line';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number | string, number])[];
  }[];
}

export interface Axis {
  /** With its unit. */
  readonly label: string;
  /** Points are spread by their logarithm; every value must be above 0. */
  readonly isLogarithmic?: boolean;
}

/** What must be reached. */
export interface Target {
  readonly what: string;
  /** What is no number was not measured; NaN and Infinity are null once they were JSON. */
  readonly measured: number | null;
  readonly bound: number;
  readonly side: 'at least' | 'at most';
}

export function isMet({ measured, bound, side }: Target): boolean {
  if (measured === null || !Number.isFinite(measured)) return false;
  return side === 'at least' ? measured >= bound : measured <= bound;
}

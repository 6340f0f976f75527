import { auditAll } from '../audit.js';
import { openBoxOffices, type BoxOffices } from './box-offices.js';
import type { Ground } from './ground.js';
import { Market, type Sales } from './market.js';
import { openMeter, type Meter } from './meter.js';

const CALLERS = 64;

/** A ground with everything that is needed to measure there. */
export interface Site {
  readonly ground: Ground;
  readonly meter: Meter;
  readonly boxOffices: BoxOffices;
  /** New screenings, all of them brought into memory by a first hold; nothing of that is left to be done. */
  readonly openMarket: (screenings: number, seats: number) => Promise<OpenMarket>;
}

export interface OpenMarket {
  readonly market: Market;
  readonly creationSeconds: number;
  /** The first hold on each. */
  readonly activation: Sales;
}

/** Answers of all markets, and what the sweep found. */
export interface Swept {
  readonly accepted: number;
  readonly refused: number;
  readonly errors: number;
  readonly faults: readonly string[];
}

/**
 * Warms the ground up, uses it, sweeps every journal and closes it, whatever happens.
 * @param what for the sentences of faults
 */
export async function withSite<Result>(
  what: string,
  warmUpHolds: number,
  opened: Promise<Ground>,
  use: (site: Site) => Promise<Result>,
): Promise<{ readonly result: Result; readonly swept: Swept }> {
  const ground = await opened;
  let meter: Meter | undefined;
  let boxOffices: BoxOffices | undefined;
  try {
    const measuring = await openMeter(ground);
    meter = measuring;
    boxOffices = await openBoxOffices(ground);
    const offices = boxOffices;
    const markets: Market[] = [];
    const openMarket: Site['openMarket'] = async (screenings, seats) => {
      const startedMs = performance.now();
      const market = new Market(await offices.openScreenings(screenings, seats));
      const creationSeconds = (performance.now() - startedMs) / 1_000;
      markets.push(market);
      const activation = await market.sellAtOnce(screenings, CALLERS);
      await measuring.vacuum();
      return { market, creationSeconds, activation };
    };
    // As many screenings as nodes may miss one of them: a few more do not.
    const warm = await openMarket(8 * ground.nodes.length, warmUpHolds);
    await warm.market.sellAtOnce(warmUpHolds, CALLERS);
    const result = await use({ ground, meter: measuring, boxOffices, openMarket });
    return { result, swept: await sweep(what, ground.postgresUrl, markets) };
  } finally {
    boxOffices?.close();
    await meter?.close();
    await ground.close();
  }
}

/** Every journal from its first row, against every answer. */
async function sweep(what: string, postgresUrl: string, markets: readonly Market[]): Promise<Swept> {
  const sum = (key: 'accepted' | 'refused' | 'errors'): number =>
    markets.reduce((total, { all }) => total + all[key], 0);
  const [accepted, refused, errors] = [sum('accepted'), sum('refused'), sum('errors')];
  const { oversold, lost, taken } = await auditAll(
    postgresUrl,
    new Map(markets.flatMap((market) => [...market.promises()])),
  );
  const faults: string[] = [];
  if (oversold > 0) faults.push(`${what}: ${String(oversold)} seats had two owners`);
  if (lost > 0) faults.push(`${what}: ${String(lost)} acknowledged holds are not in the journal`);
  if (taken < accepted) faults.push(`${what}: ${String(taken)} seats are held and ${String(accepted)} were promised`);
  // Every request asks for a free seat.
  if (refused > 0) faults.push(`${what}: ${String(refused)} holds of free seats were refused`);
  if (errors > 0) faults.push(`${what}: ${String(errors)} requests failed`);
  return { accepted, refused, errors, faults };
}

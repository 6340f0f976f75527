/** How much higher each rate is than the one before it, above those that are given. */
const FACTOR = 1.25;

/** The given rates, then higher and higher ones, as long as there is a seat for every request of so many seconds. */
export function* rateLadder(first: readonly number[], seconds: number, seats: number): Generator<number, void> {
  const fits = (rate: number): boolean => rate * seconds <= seats;
  yield* first.filter(fits);
  for (let rate = above(first.at(-1)); fits(rate); rate = above(rate)) yield rate;
}

function above(rate = Infinity): number {
  return Math.round(rate * FACTOR);
}

export interface Climbed<Step> {
  readonly steps: readonly Step[];
  /** Whether the last step was not carried. If it was, there was no higher one to try. */
  readonly isBroken: boolean;
}

/** Offers each rate until one is not carried. */
export async function climb<Step>(
  rates: Iterable<number>,
  offer: (rate: number) => Promise<Step>,
  isCarried: (step: Step) => boolean,
): Promise<Climbed<Step>> {
  const steps: Step[] = [];
  for (const rate of rates) {
    const step = await offer(rate);
    steps.push(step);
    if (!isCarried(step)) return { steps, isBroken: true };
  }
  return { steps, isBroken: false };
}

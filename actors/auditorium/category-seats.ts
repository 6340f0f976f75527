import type { SeatingPlan } from './seating-plan.js';

/** The plan's categories, in its order, with how many seats each has. */
export function categorySeats(
  plan: SeatingPlan,
): readonly { readonly name: string; readonly color: string; readonly seats: number }[] {
  const counts = new Array<number>(plan.categories.length).fill(0);
  for (const { category } of plan.seats) counts[category] = (counts[category] ?? 0) + 1;
  return plan.categories.map(({ name, color }, index) => ({ name, color, seats: counts[index] ?? 0 }));
}

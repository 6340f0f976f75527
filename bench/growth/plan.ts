import type { Pace } from './cost.js';

/** How much of everything. */
export interface GrowthPlan {
  /** On a hall of its own, before anything is counted: a node that has just started runs cold code. */
  readonly warmUpHolds: number;
  readonly byScreenings: {
    readonly pace: Pace;
    /** Turns are taken by all but the last, which comes after them. */
    readonly screenings: readonly number[];
    readonly rounds: number;
    readonly idleSeconds: number;
  };
  readonly bySeats: {
    readonly pace: Pace;
    readonly seats: readonly number[];
    /** As many for each size: the holds of a round must fit into the smallest. */
    readonly screenings: number;
    readonly rounds: number;
  };
  readonly byNodes: {
    readonly pace: Pace;
    /** For each node: with it the load grows as the cluster does. */
    readonly pacePerNode: Pace;
    readonly nodes: readonly number[];
    readonly screenings: number;
    readonly rounds: number;
    readonly idleSeconds: number;
  };
  readonly byJournal: readonly { readonly turns: number; readonly screenings: number }[];
}

export const fullPlan: GrowthPlan = {
  warmUpHolds: 15_000,
  byScreenings: {
    pace: { rate: 2_500, warmUpSeconds: 1, roundSeconds: 3.5 },
    screenings: [1, 10, 1_000, 100_000],
    rounds: 3,
    idleSeconds: 3,
  },
  bySeats: {
    pace: { rate: 2_500, warmUpSeconds: 0.5, roundSeconds: 2.5 },
    seats: [110, 1_252, 50_000, 200_000],
    screenings: 160,
    rounds: 2,
  },
  byNodes: {
    pace: { rate: 2_500, warmUpSeconds: 1, roundSeconds: 3 },
    pacePerNode: { rate: 800, warmUpSeconds: 1, roundSeconds: 3 },
    nodes: [1, 2, 3],
    screenings: 60,
    rounds: 2,
    idleSeconds: 1,
  },
  byJournal: [
    { turns: 1, screenings: 20 },
    { turns: 100, screenings: 20 },
    { turns: 1_000, screenings: 10 },
    { turns: 10_000, screenings: 5 },
  ],
};

export const shortPlan: GrowthPlan = {
  warmUpHolds: 300,
  byScreenings: {
    pace: { rate: 1_000, warmUpSeconds: 0.2, roundSeconds: 0.5 },
    screenings: [1, 10, 300],
    rounds: 1,
    idleSeconds: 0.2,
  },
  bySeats: {
    pace: { rate: 1_000, warmUpSeconds: 0.2, roundSeconds: 0.5 },
    seats: [110, 1_252],
    screenings: 20,
    rounds: 1,
  },
  byNodes: {
    pace: { rate: 1_000, warmUpSeconds: 0.2, roundSeconds: 0.5 },
    pacePerNode: { rate: 400, warmUpSeconds: 0.2, roundSeconds: 0.5 },
    nodes: [1, 2],
    screenings: 20,
    rounds: 1,
    idleSeconds: 0.2,
  },
  byJournal: [
    { turns: 1, screenings: 5 },
    { turns: 100, screenings: 5 },
  ],
};

import type { Scenario } from '../scenario.js';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [];

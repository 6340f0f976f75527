import type { Scenario } from '../scenario.js';
import { executeScenario } from './execute.js';
import { peers } from './peers.js';
import { screenings } from './screenings.js';
import { viewers } from './viewers.js';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [peers, screenings, executeScenario, viewers];

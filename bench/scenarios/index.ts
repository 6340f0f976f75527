import type { Scenario } from '../scenario.js';
import { executeScenario } from './execute.js';
import { peers } from './peers.js';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [peers, executeScenario];

import type { Scenario } from '../scenario.js';
import { checkout } from './checkout.js';
import { contended } from './contended.js';
import { executeScenario } from './execute.js';
import { growth } from './growth.js';
import { mixed } from './mixed.js';
import { peers } from './peers.js';
import { saturation } from './saturation.js';
import { screenings } from './screenings.js';
import { viewers } from './viewers.js';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [
  peers,
  screenings,
  contended,
  checkout,
  mixed,
  saturation,
  executeScenario,
  viewers,
  growth,
];

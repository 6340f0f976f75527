import { EntityActor, type EntityActorLimits, type EntityActorPorts } from '../../src/runtime/index.js';
import type { ScreeningAnswer } from './answers.js';
import type { ScreeningCommand } from './commands.js';
import type { ScreeningRules } from './decide.js';
import type { ScreeningProjection } from './projection.js';
import { Screening } from './screening.js';
import type { SeatLayout } from './seat-layout.js';
import type { SeatMapChange } from './turn-changes.js';

export type ScreeningActor = EntityActor<ScreeningCommand, ScreeningAnswer, SeatMapChange, ScreeningProjection>;

/**
 * A screening as an actor.
 * @param loadLayout the seats of the screening's auditorium; throws UnknownEntity when there is no such screening.
 */
export function screeningActor(
  screeningId: string,
  loadLayout: (screeningId: string) => Promise<SeatLayout>,
  rules: ScreeningRules,
  ports: EntityActorPorts<ScreeningAnswer, SeatMapChange, ScreeningProjection>,
  limits: EntityActorLimits,
  onDropped: () => void,
): ScreeningActor {
  const create = async (): Promise<() => Screening> => {
    const layout = await loadLayout(screeningId);
    const seed = Math.floor(ports.randomness.fraction() * 2 ** 32);
    return () => new Screening(layout, rules, seed);
  };
  return new EntityActor(screeningId, create, ports, limits, onDropped);
}

import type { Prng } from '../../support/prng.js';
import type { Operation, Outcome } from '../history.js';

/** A history with one thing in it changed at random. Whether it still is linearizable, nobody knows. */
export function withNoise(operations: readonly Operation[], chance: Prng): readonly Operation[] {
  const victim = chance.pick(operations);
  const changed = chance.pick(noises)(victim, chance, operations);
  return operations.flatMap((operation) => (operation === victim ? (changed ?? []) : operation));
}

type Noise = (victim: Operation, chance: Prng, all: readonly Operation[]) => Operation | undefined;

const noises: readonly Noise[] = [
  // Forgotten.
  () => undefined,
  // Told something that another one of its kind was told.
  (victim, chance, all) => {
    const others = all.filter(
      ({ request, outcome }) => request.kind === victim.request.kind && outcome.kind !== 'unknown',
    );
    return { ...victim, ...answered(victim, chance.pick([victim, ...others]).outcome) };
  },
  // Told that it failed, or nothing.
  (victim, chance) => {
    const reason = chance.pick(['SEAT_UNAVAILABLE', 'HOLD_EXPIRED', 'HOLD_NOT_FOUND', 'BOOKING_NOT_FOUND']);
    return {
      ...victim,
      ...answered(victim, { kind: 'refused', reason, ended: chance.pick(['released', 'confirmed']) }),
    };
  },
  (victim) => ({ ...victim, returnedMs: null, outcome: { kind: 'unknown', reason: 'noise' } }),
  // Asked at another time.
  (victim, chance) => {
    const shiftMs = chance.between(-60, 60);
    const invokedMs = Math.max(0, victim.invokedMs + shiftMs);
    return {
      ...victim,
      invokedMs,
      returnedMs: victim.returnedMs === null ? null : Math.max(invokedMs, victim.returnedMs + shiftMs),
    };
  },
  // Told of other seats, or of another number.
  (victim, chance) => {
    if (victim.outcome.kind !== 'ok') return { ...victim, inDoubt: !victim.inDoubt };
    const { seatIds, revision } = victim.outcome.answer;
    const answer = chance.chance(0.5)
      ? { seatIds: chance.some(seatIds, seatIds.length - 1) }
      : { revision: Math.max(1, (revision ?? 1) + chance.whole(-2, 2)) };
    return { ...victim, outcome: { kind: 'ok', answer: { ...victim.outcome.answer, ...answer } } };
  },
];

function answered({ invokedMs, returnedMs }: Operation, outcome: Outcome): Pick<Operation, 'returnedMs' | 'outcome'> {
  return { returnedMs: returnedMs ?? invokedMs + 10, outcome };
}

import type { PlanSeat } from './api-types.js';
import type { HallDrawing } from './hall-drawing.js';

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * One stop of the tab key for the whole hall; arrow keys move to the next seat in
 * their direction, space and enter choose.
 */
export class SeatKeyboard {
  private current: PlanSeat | undefined;
  private drawing: HallDrawing | undefined;
  private seats: readonly PlanSeat[] = [];

  constructor(
    root: SVGSVGElement,
    private readonly onChoose: (seat: PlanSeat) => void,
    private readonly onMove: (seat: PlanSeat) => void,
  ) {
    root.addEventListener('keydown', (event) => this.pressed(event));
    root.addEventListener('focusin', ({ target }) => {
      const seat = this.drawing?.seatAt(target);
      if (seat !== undefined) this.setCurrent(seat);
    });
  }

  setHall(drawing: HallDrawing, seats: readonly PlanSeat[]): void {
    this.drawing = drawing;
    this.seats = seats;
    this.current = undefined;
    const first = seats[0];
    if (first !== undefined) this.setCurrent(first);
  }

  private pressed(event: KeyboardEvent): void {
    if (this.current === undefined) return;
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      this.onChoose(this.current);
      return;
    }
    const direction = directions[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const next = nearest(this.seats, this.current, direction);
    if (next === undefined) return;
    this.setCurrent(next);
    this.onMove(next);
    this.drawing?.elementOf(next.seat_id)?.focus({ preventScroll: false });
  }

  private setCurrent(seat: PlanSeat): void {
    if (this.current !== undefined) this.drawing?.elementOf(this.current.seat_id)?.setAttribute('tabindex', '-1');
    this.drawing?.elementOf(seat.seat_id)?.setAttribute('tabindex', '0');
    this.current = seat;
  }
}

/** The closest seat ahead; what is off to the side counts three times. */
function nearest(
  seats: readonly PlanSeat[],
  from: PlanSeat,
  [dx, dy]: readonly [number, number],
): PlanSeat | undefined {
  let best: PlanSeat | undefined;
  let bestDistance = Infinity;
  for (const seat of seats) {
    const ahead = (seat.x - from.x) * dx + (seat.y - from.y) * dy;
    if (ahead <= 0.5) continue;
    const aside = Math.abs((seat.x - from.x) * dy) + Math.abs((seat.y - from.y) * dx);
    const distance = ahead + 3 * aside;
    if (distance < bestDistance) [best, bestDistance] = [seat, distance];
  }
  return best;
}

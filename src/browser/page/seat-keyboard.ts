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
 * their direction, space and enter choose. Where no seat is drawn the hall itself is
 * the stop, and any of these keys comes to a seat.
 */
export class SeatKeyboard {
  private current: PlanSeat | undefined;
  private drawing: HallDrawing | undefined;
  private seats: readonly PlanSeat[] = [];

  constructor(
    private readonly root: SVGSVGElement,
    private readonly onChoose: (seat: PlanSeat) => void,
    /** Brings a seat into view: it must be drawn when this returns. */
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
    this.current = seats[0];
    this.seatsDrawn();
  }

  /** Other seats may be drawn than before. */
  seatsDrawn(): void {
    const { drawing, current } = this;
    if (drawing === undefined || current === undefined) return;
    this.root.tabIndex = drawing.isCrowd ? 0 : -1;
    if (drawing.isCrowd) return;
    const isDrawn = (seat: PlanSeat): boolean => drawing.elementOf(seat.seat_id) !== undefined;
    this.setCurrent(isDrawn(current) ? current : (this.seats.find(isDrawn) ?? current));
  }

  private pressed(event: KeyboardEvent): void {
    if (this.current === undefined) return;
    const isChoice = event.key === ' ' || event.key === 'Enter';
    const direction = directions[event.key];
    if (!isChoice && direction === undefined) return;
    event.preventDefault();
    if (this.drawing?.isCrowd === true) this.moveTo(this.current);
    else if (direction === undefined) this.onChoose(this.current);
    else this.moveTo(nearest(this.seats, this.current, direction) ?? this.current);
  }

  private moveTo(seat: PlanSeat): void {
    this.onMove(seat);
    this.setCurrent(seat);
    this.drawing?.elementOf(seat.seat_id)?.focus({ preventScroll: false });
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

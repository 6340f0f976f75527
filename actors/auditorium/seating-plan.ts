/** A seating plan as the system keeps it: every seat with its place in the room. */
export interface SeatingPlan {
  readonly name: string;
  /** In plan pixels. */
  readonly size: { readonly width: number; readonly height: number };
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  /** In plan order; a seat's position here is its index everywhere. */
  readonly seats: readonly PlanSeat[];
}

export interface PlanSeat {
  /** The plan's seat_guid: unique in the auditorium. */
  readonly seatId: string;
  /** Zone, row and number as people read them; not unique. */
  readonly zone: string;
  readonly row: string;
  readonly number: string;
  /** Centre of the seat in plan pixels from the plan's top left. */
  readonly x: number;
  readonly y: number;
  /** Index into `categories`. */
  readonly category: number;
  readonly wheelchair: boolean;
}

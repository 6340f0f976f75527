/** What the server answers, in its own names. */
export type SeatState = 'FREE' | 'HELD' | 'BOOKED' | 'BLOCKED';

export interface Counts {
  readonly free: number;
  readonly held: number;
  readonly booked: number;
  readonly blocked: number;
}

export interface Screening {
  readonly screening_id: string;
  readonly title: string;
  readonly starts_at: string | null;
  readonly auditorium_id: string;
  readonly capacity: number;
  readonly sales_open_at: string | null;
  readonly sales_close_at: string | null;
  readonly cancelled: boolean;
  readonly max_seats_per_request: number | null;
}

export interface ListedScreening extends Screening {
  /** Null when the server could not say. */
  readonly counts: Counts | null;
}

export interface PlanSeat {
  readonly seat_id: string;
  readonly zone: string;
  readonly row: string;
  readonly number: string;
  /** Centre, in plan units. */
  readonly x: number;
  readonly y: number;
  /** Index into the plan's categories. */
  readonly category: number;
  readonly wheelchair: boolean;
}

export interface Plan {
  readonly name: string;
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  readonly seats: readonly PlanSeat[];
}

export interface SeatStatus {
  readonly seat_id: string;
  readonly state: SeatState;
}

export interface SeatMapAnswer {
  readonly screening: Screening;
  readonly epoch: number;
  readonly revision: number;
  /** Where this map is; the live connection goes on from there. */
  readonly resume_token: string;
  /** How often the live connection says something at least; absent from an older node. */
  readonly progress_interval_ms?: number;
  readonly stale: boolean;
  readonly counts: Counts;
  /** A seat that is not listed is free. */
  readonly seats: readonly SeatStatus[];
  readonly plan: Plan;
}

export interface Hold {
  readonly hold_token: string;
  readonly seat_ids: readonly string[];
  readonly create_time: string;
  readonly expire_time: string;
  readonly max_expire_time: string;
}

export interface Booking {
  readonly booking_id: string;
  readonly seat_ids: readonly string[];
}

interface At {
  readonly epoch: number;
  readonly revision: number;
  readonly timestamp: string;
  readonly resume_token: string;
}

export type Frame =
  | (At & {
      readonly type: 'snapshot';
      readonly stale: boolean;
      readonly counts: Counts;
      readonly seats: readonly SeatStatus[];
    })
  | (At & {
      readonly type: 'seat_status_update';
      readonly previous_revision: number;
      readonly changes: readonly SeatStatus[];
      readonly counts: Counts;
    })
  | (At & { readonly type: 'progress'; readonly stale: boolean })
  | { readonly type: 'reset'; readonly reason: string }
  | { readonly type: 'error'; readonly code: string; readonly reason: string; readonly message: string };

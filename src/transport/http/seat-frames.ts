import { seatIdAt, type SeatLayout } from '../../../actors/screening/seat-layout.js';
import { SeatState } from '../../../actors/screening/seat-state.js';
import type { SeatDelta, SeatFrame, SeatMapView, SeatProgress, SeatStream } from '../../streams/index.js';
import type { ApiError } from '../api/index.js';
import { countsJson, stateName } from './screening-json.js';

/** One WebSocket message, ready to send to any number of viewers. */
export interface RenderedFrame {
  readonly type: 'snapshot' | 'seat_status_update' | 'progress' | 'reset' | 'error';
  readonly text: string;
}

/**
 * Renders the frames of one screening as JSON text. Frames carry seats and states,
 * never who holds them.
 */
export class FrameRenderer {
  private cached: { readonly key: string; readonly seats: string } | undefined;

  constructor(
    private readonly stream: SeatStream,
    private readonly now: () => number,
  ) {}

  render(frame: SeatFrame): RenderedFrame {
    switch (frame.kind) {
      case 'snapshot':
        return this.snapshot(frame.view);
      case 'delta':
        return this.delta(frame);
      case 'progress':
        return this.progress(frame);
      case 'reset':
        return this.reset(frame.reason);
    }
  }

  reset(reason: string): RenderedFrame {
    return { type: 'reset', text: JSON.stringify({ type: 'reset', screening_id: this.stream.screeningId, reason }) };
  }

  /** The whole map; its seats are rendered once per revision, however many viewers arrive. */
  snapshot(view: SeatMapView): RenderedFrame {
    const key = `${String(view.epoch)}:${String(view.revision)}`;
    if (this.cached?.key !== key) this.cached = { key, seats: JSON.stringify(takenSeats(view)) };
    const { epoch, revision, stale } = view;
    const head = this.message(
      'snapshot',
      { epoch, revision, stale, counts: countsJson(view.counts) },
      view,
      this.now(),
    );
    return { type: 'snapshot', text: `${head.text.slice(0, -1)},"seats":${this.cached.seats}}` };
  }

  private delta(delta: SeatDelta): RenderedFrame {
    const { layout } = this.stream.view();
    const changes = delta.seats.map((seat, position) =>
      change(layout, seat, delta.states[position] ?? SeatState.Blocked),
    );
    const { epoch, revision, previousRevision, counts, timeMs } = delta;
    const fields = { epoch, revision, previous_revision: previousRevision, changes, counts: countsJson(counts) };
    return this.message('seat_status_update', fields, delta, timeMs);
  }

  private progress(progress: SeatProgress): RenderedFrame {
    const { epoch, revision, stale } = progress;
    return this.message('progress', { epoch, revision, stale }, progress, this.now());
  }

  private message(
    type: RenderedFrame['type'],
    fields: object,
    at: { epoch: number; revision: number },
    timeMs: number,
  ): RenderedFrame {
    const message = {
      type,
      screening_id: this.stream.screeningId,
      ...fields,
      timestamp: new Date(timeMs).toISOString(),
      resume_token: this.stream.resumeToken({ epoch: at.epoch, revision: at.revision }),
    };
    return { type, text: JSON.stringify(message) };
  }
}

/** Says what went wrong before the socket is closed, or about a message of the viewer's. */
export function errorFrame({ code, reason, message }: Pick<ApiError, 'code' | 'reason' | 'message'>): RenderedFrame {
  return { type: 'error', text: JSON.stringify({ type: 'error', code, reason, message }) };
}

function takenSeats(view: SeatMapView): object[] {
  const seats: object[] = [];
  view.states.forEach((state, seat) => {
    if (state !== SeatState.Free) seats.push(change(view.layout, seat, state));
  });
  return seats;
}

const change = (layout: SeatLayout, seat: number, state: number): object => ({
  seat_id: seatIdAt(layout, seat),
  state: stateName(state),
});

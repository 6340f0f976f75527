import { seatLayout } from '../../../../actors/screening/seat-layout.js';
import { SeatState } from '../../../../actors/screening/seat-state.js';
import type { SeatDelta, SeatFrame, SeatMapView, SeatStream, SeatStreams } from '../../../../src/streams/index.js';
import { ApiError } from '../../../../src/transport/api/index.js';

/** Live maps that change when a test says so. Knows the screening ids it is given. */
export class FakeStreams implements SeatStreams {
  readonly streams = new Map<string, FakeStream>();
  /** When set, open() waits for it. */
  beforeOpen: Promise<void> | undefined;

  constructor(screenings: Readonly<Record<string, readonly string[]>>) {
    for (const [screeningId, seatIds] of Object.entries(screenings))
      this.streams.set(screeningId, new FakeStream(screeningId, seatIds));
  }

  async open(screeningId: string): Promise<SeatStream> {
    await this.beforeOpen;
    const stream = this.streams.get(screeningId);
    if (stream === undefined) throw new ApiError('NOT_FOUND', 'SCREENING_NOT_FOUND', 'there is no such screening');
    stream.opened += 1;
    return stream;
  }
}

/** Every revision changes one seat; all deltas are kept, so every token of its own can be resumed. */
export class FakeStream implements SeatStream {
  opened = 0;
  released = 0;
  /** When set, reach() does as it does. */
  beforeReach: ((resumeToken: string | undefined) => Promise<void>) | undefined;
  private readonly deltas: SeatDelta[] = [];
  private readonly listeners = new Set<(frame: SeatFrame) => void>();
  private readonly current;

  constructor(
    readonly screeningId: string,
    seatIds: readonly string[],
  ) {
    const free = new Uint8Array(seatIds.length).fill(SeatState.Free);
    this.current = { epoch: 1, revision: 1, states: free, layout: seatLayout(seatIds) };
  }

  get listening(): number {
    return this.listeners.size;
  }

  view(): SeatMapView {
    const counts = { free: 0, held: 0, booked: 0, blocked: 0 };
    for (const state of this.current.states)
      counts[state === SeatState.Free ? 'free' : state === SeatState.Held ? 'held' : 'booked'] += 1;
    return { screeningId: this.screeningId, ...this.current, counts, stale: false };
  }

  async reach(resumeToken: string | undefined): Promise<void> {
    await this.beforeReach?.(resumeToken);
  }

  opening(resumeToken: string | undefined): readonly SeatFrame[] {
    const snapshot: SeatFrame = { kind: 'snapshot', view: this.view() };
    if (resumeToken === undefined) return [snapshot];
    const [screeningId, epoch, revision] = resumeToken.split('/');
    if (screeningId !== this.screeningId || Number(epoch) !== this.current.epoch)
      return [{ kind: 'reset', reason: 'RESUME_TOKEN_UNKNOWN' }, snapshot];
    return this.deltas.filter((delta) => delta.revision > Number(revision));
  }

  onFrame(receive: (frame: SeatFrame) => void): () => void {
    this.listeners.add(receive);
    return () => this.listeners.delete(receive);
  }

  resumeToken({ epoch, revision }: { epoch: number; revision: number }): string {
    return `${this.screeningId}/${String(epoch)}/${String(revision)}`;
  }

  release(): void {
    this.released += 1;
  }

  /** Commits one change and sends it. */
  change(seat: number, state: SeatState): void {
    this.current.states[seat] = state;
    this.current.revision += 1;
    const { epoch, revision } = this.current;
    const delta: SeatDelta = {
      kind: 'delta',
      epoch,
      previousRevision: revision - 1,
      revision,
      seats: [seat],
      states: Uint8Array.of(state),
      counts: this.view().counts,
      timeMs: 1_000_000,
    };
    this.deltas.push(delta);
    this.send(delta);
  }

  send(frame: SeatFrame): void {
    for (const receive of this.listeners) receive(frame);
  }
}

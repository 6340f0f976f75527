import type { SeatStreams } from '../../streams/index.js';
import { ScreeningRoom, type RoomParts } from './screening-room.js';

interface Entry {
  readonly opening: Promise<ScreeningRoom>;
  room: ScreeningRoom | undefined;
  /** Viewers in it or on their way in. */
  users: number;
}

/** A viewer's place in a room. */
export interface Seat {
  readonly room: ScreeningRoom;
  /** Every enter() that resolved must be matched by one leave(); the last one closes the room. Idempotent. */
  leave(): void;
}

/** The rooms of this node: one per screening that has viewers here. */
export class ScreeningRooms {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly streams: SeatStreams,
    private readonly parts: RoomParts,
  ) {}

  /** Rejects as SeatStreams.open does. */
  async enter(screeningId: string, deadlineMs: number): Promise<Seat> {
    const entry = this.entries.get(screeningId) ?? this.open(screeningId, deadlineMs);
    entry.users += 1;
    let isIn = true;
    const leave = (): void => {
      if (isIn) this.leave(screeningId, entry);
      isIn = false;
    };
    try {
      return { room: await entry.opening, leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Sockets that watch the screening through this node. */
  viewersOf(screeningId: string): number {
    return this.entries.get(screeningId)?.room?.viewers ?? 0;
  }

  private open(screeningId: string, deadlineMs: number): Entry {
    const opening = this.streams.open(screeningId, deadlineMs).then((stream) => new ScreeningRoom(stream, this.parts));
    const entry: Entry = { opening, room: undefined, users: 0 };
    this.entries.set(screeningId, entry);
    opening.then(
      (room) => (entry.room = room),
      // The next viewer tries again; those who waited are told by enter().
      () => this.forget(screeningId, entry),
    );
    return entry;
  }

  private leave(screeningId: string, entry: Entry): void {
    entry.users -= 1;
    if (entry.users > 0) return;
    this.forget(screeningId, entry);
    entry.room?.close();
  }

  private forget(screeningId: string, entry: Entry): void {
    if (this.entries.get(screeningId) === entry) this.entries.delete(screeningId);
  }
}

import { WebSocket } from 'ws';
import { z } from 'zod';
import { SeatState, type SeatStatus } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import type { WatchSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { connectBoxOffice } from '../support/box-office-client.js';
import type { SeenFrame } from './seen-map.js';

/** Told of every frame. */
export type See = (frame: SeenFrame, resumeToken: string) => void;

/** Watches until it is told to hang up, or the connection is lost. */
export interface Connection {
  readonly lost: Promise<void>;
  hangUp(): void;
}

/** WatchSeats at a gRPC address. */
export function watchByGrpc(address: string, screeningId: string, resumeToken: string, see: See): Connection {
  const client = connectBoxOffice(address);
  const stream = client.seats.watchSeats({ screeningId, resumeToken });
  const lost = new Promise<void>((resolve) => {
    stream.on('end', resolve);
    stream.on('error', () => {
      resolve();
    });
  });
  stream.on('data', (message: WatchSeatsResponse) => {
    const frame = frameOf(message);
    if (frame !== undefined) see(frame, message.resumeToken);
  });
  const hangUp = (): void => {
    stream.removeAllListeners('data');
    stream.cancel();
    client.close();
  };
  void lost.then(hangUp);
  return { lost, hangUp };
}

/** The browser's socket. */
export function watchBySocket(httpUrl: string, screeningId: string, resumeToken: string, see: See): Connection {
  const query = new URLSearchParams({ screening_id: screeningId, ...(resumeToken && { resume_token: resumeToken }) });
  const socket = new WebSocket(`${httpUrl.replace('http', 'ws')}/ws?${query.toString()}`, { handshakeTimeout: 2_000 });
  const lost = new Promise<void>((resolve) => {
    socket.on('close', () => {
      resolve();
    });
    socket.on('error', () => undefined); // followed by close
  });
  socket.on('message', (data: Buffer) => {
    const message = socketFrame.parse(JSON.parse(data.toString()));
    if (message.type !== 'error') see(frameOfSocket(message), message.resume_token);
  });
  const hangUp = (): void => {
    socket.removeAllListeners('message');
    socket.terminate();
  };
  return { lost, hangUp };
}

function frameOf({ frame }: WatchSeatsResponse): SeenFrame | undefined {
  switch (frame?.$case) {
    case 'snapshot': {
      const { epoch, revision, seats } = frame.value;
      return { kind: 'snapshot', epoch, revision, seats: named(seats) };
    }
    case 'delta': {
      const { epoch, revision, previousRevision, changes } = frame.value;
      return { kind: 'delta', epoch, revision, previousRevision, changes: named(changes) };
    }
    case 'progress':
      return { kind: 'progress', epoch: frame.value.epoch, revision: frame.value.revision };
    case 'reset':
      return { kind: 'reset' };
    case undefined:
      return undefined;
  }
}

const stateNames: Partial<Record<SeatState, string>> = {
  [SeatState.SEAT_STATE_FREE]: 'FREE',
  [SeatState.SEAT_STATE_HELD]: 'HELD',
  [SeatState.SEAT_STATE_BOOKED]: 'BOOKED',
  [SeatState.SEAT_STATE_BLOCKED]: 'BLOCKED',
};

/** Seats with the names of their states, as both wires are compared. */
export function named(seats: readonly SeatStatus[]): readonly (readonly [string, string])[] {
  return seats.map(({ seatId, state }) => [seatId, stateNames[state] ?? String(state)]);
}

const at = { epoch: z.number(), revision: z.number(), resume_token: z.string() };
const seat = z.object({ seat_id: z.string(), state: z.string() });
const socketFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), ...at, seats: z.array(seat) }),
  z.object({ type: z.literal('seat_status_update'), ...at, previous_revision: z.number(), changes: z.array(seat) }),
  z.object({ type: z.literal('progress'), ...at }),
  z.object({ type: z.literal('reset'), resume_token: z.string().default('') }),
  z.object({ type: z.literal('error') }),
]);

function frameOfSocket(message: Exclude<z.infer<typeof socketFrame>, { type: 'error' }>): SeenFrame {
  const pairs = (seats: readonly z.infer<typeof seat>[]) =>
    seats.map(({ seat_id: seatId, state }) => [seatId, state] as const);
  switch (message.type) {
    case 'snapshot':
      return { ...message, kind: 'snapshot', seats: pairs(message.seats) };
    case 'seat_status_update':
      return {
        ...{ kind: 'delta', epoch: message.epoch, revision: message.revision },
        previousRevision: message.previous_revision,
        changes: pairs(message.changes),
      };
    case 'progress':
      return { kind: 'progress', epoch: message.epoch, revision: message.revision };
    case 'reset':
      return { kind: 'reset' };
  }
}

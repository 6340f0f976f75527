import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import type { WantedSeats } from '../peer.js';

/** Tells the viewers of a screening, on this and every other server, which seats are gone. */
export interface Announcements {
  seatsHeld(wanted: WantedSeats, revision: number): void;
  close(): Promise<void>;
}

/** Socket.IO on a free port of the loopback interface, its servers connected through Redis. */
export async function openAnnouncements(redisUrl: string): Promise<Announcements> {
  const publisher = new Redis(redisUrl);
  const subscriber = publisher.duplicate();
  const http = createServer();
  const io = new Server(http, { adapter: createAdapter(publisher, subscriber) });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', () => {
      resolve();
    });
  });
  return {
    seatsHeld({ screeningId, seatIds }, revision) {
      io.to(`screening:${screeningId}`).emit('seats-held', { screeningId, seatIds, revision });
    },
    async close() {
      await io.close();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

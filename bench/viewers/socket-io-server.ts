/**
 * Socket.IO with its Redis adapter, WebSockets only, one room for the screening. argv[2]:
 * URL of the Redis. Compression is off, as it is by default.
 */
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { collectOnSignal } from './collect-on-signal.js';
import type { FromServer, ToServer } from './messages.js';
import { socketSettings } from './settings.js';

const ROOM = 'screening';
const BACKLOG = 4_096;

const tell = (message: FromServer): void => {
  process.send?.(message);
};

collectOnSignal();
const url = process.argv[2] ?? '';
const publisher = new Redis(url);
const subscriber = publisher.duplicate();
const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(publisher, subscriber),
  transports: ['websocket'],
  serveClient: false,
  // As seldom as the others ask for signs of life.
  pingInterval: socketSettings.idleTimeout * 1_000,
});
let snapshot: unknown;
io.on('connection', (socket) => {
  void socket.join(ROOM);
  socket.emit('snapshot', snapshot);
});
process.on('message', (message: ToServer) => {
  const content: unknown = JSON.parse(message.text);
  if (message.kind === 'snapshot') snapshot = content;
  else {
    tell({ kind: 'published', epochMs: Date.now() });
    io.to(ROOM).emit('seat_status_update', content);
  }
});
process.on('disconnect', () => process.exit(0));
http.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG }, () => {
  const address = http.address();
  if (address !== null && typeof address === 'object') tell({ kind: 'listening', port: address.port });
});

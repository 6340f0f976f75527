/**
 * The floor: uWebSockets.js and nothing else, told by Redis what to publish. argv[2]: URL
 * of the Redis. Its sockets have the settings of the real ones.
 */
import { Redis } from 'ioredis';
import { listen, loadUws } from '../../src/transport/uws/index.js';
import { collectOnSignal } from './collect-on-signal.js';
import { CHANNEL, type FromServer, type ToServer } from './messages.js';
import { socketSettings } from './settings.js';

const TOPIC = 'screening';

collectOnSignal();
let snapshot = '';
const native = loadUws();
const app = native.App();
app.ws('/ws', {
  ...socketSettings,
  upgrade: (res, req, context) => {
    const header = (name: string): string => req.getHeader(`sec-websocket-${name}`);
    res.upgrade({}, header('key'), header('protocol'), header('extensions'), context);
  },
  open: (ws) => {
    ws.send(snapshot, false);
    ws.subscribe(TOPIC);
  },
  message: () => undefined,
  drain: () => undefined,
  close: () => undefined,
});
const { port } = await listen(native, app, '127.0.0.1', 0);

const redis = new Redis(process.argv[2] ?? '');
redis.on('message', (_channel: string, text: string) => {
  app.publish(TOPIC, text, false);
});
await redis.subscribe(CHANNEL);

process.on('message', (message: ToServer) => {
  if (message.kind === 'snapshot') snapshot = message.text;
});
process.on('disconnect', () => process.exit(0));
const listening: FromServer = { kind: 'listening', port };
process.send?.(listening);

import { pino, type Logger } from 'pino';

/** One JSON line per event that matters. Tokens and buyers never go in. */
export type Log = Logger;

/** @param level pino's level name, or `silent` */
export function openLog(level: string, nodeId: string): Log {
  return pino({
    level,
    base: { node: nodeId },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'hold_token',
        'holdToken',
        '*.hold_token',
        '*.holdToken',
        'buyer_id',
        'buyerId',
        '*.buyer_id',
        '*.buyerId',
      ],
      censor: '[kept out]',
    },
    serializers: { err: pino.stdSerializers.err },
  });
}

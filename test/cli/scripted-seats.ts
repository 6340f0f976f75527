import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import {
  SeatServiceService as seatService,
  type WatchSeatsRequest,
  type WatchSeatsResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { ApiError } from '../../src/transport/api/index.js';
import { serviceError } from '../../src/transport/grpc/error-status.js';

/** What one WatchSeats stream sends; an error ends it. */
type Part = readonly (WatchSeatsResponse | ApiError)[];

export interface ScriptedSeats {
  readonly address: string;
  /** Streams that were opened: with which token, and when (performance.now()). */
  readonly opened: readonly { readonly resumeToken: string; readonly atMs: number }[];
  close(): void;
}

/** A server that answers the first WatchSeats with the first part, and so on; a stream that is not ended stays open. */
export async function openScriptedSeats(...script: readonly Part[]): Promise<ScriptedSeats> {
  const server = new Server();
  const opened: { resumeToken: string; atMs: number }[] = [];
  server.addService(seatService, {
    watchSeats(call: ServerWritableStream<WatchSeatsRequest, WatchSeatsResponse>) {
      const part = script[opened.length] ?? [];
      opened.push({ resumeToken: call.request.resumeToken, atMs: performance.now() });
      for (const step of part) {
        if (step instanceof ApiError) call.emit('error', serviceError(step));
        else call.write(step);
      }
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { address: `127.0.0.1:${String(port)}`, opened, close: () => server.forceShutdown() };
}

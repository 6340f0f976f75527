import type { UwsResponse } from '../uws/index.js';
import { HttpRefusal } from './error-reply.js';
import { securityHeaders, statusLine, type Reply } from './reply.js';

/**
 * One request on its way to its one answer. Knows whether the client is still there:
 * uWebSockets.js throws when a response is touched after that. Must be made before the
 * handler returns.
 */
export class Exchange {
  private state: 'open' | 'answered' | 'aborted' = 'open';
  private failBody: ((error: HttpRefusal) => void) | undefined;

  constructor(
    private readonly res: UwsResponse,
    private readonly isHead: boolean,
    onAborted: () => void,
  ) {
    res.onAborted(() => {
      const wasOpen = this.state === 'open';
      this.state = 'aborted';
      this.failBody?.(new HttpRefusal(499, 'CANCELLED', 'CANCELLED', 'the client went away'));
      if (wasOpen) onAborted();
    });
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /**
   * All of the body. Call it before the handler returns, and at most once.
   * @throws HttpRefusal 413 as soon as it is longer than `bytesMax`, 499 when the client
   *   goes away, and what giveUp was called with.
   */
  body(contentLength: string, bytesMax: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.failBody = reject;
      if (Number(contentLength) > bytesMax) {
        reject(bodyTooLong(bytesMax));
        return;
      }
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      this.res.onData((chunk, isLast) => {
        bytes += chunk.byteLength;
        if (bytes > bytesMax) {
          chunks.length = 0;
          reject(bodyTooLong(bytesMax));
          return;
        }
        // A copy: the chunk's memory is taken back when this handler returns.
        chunks.push(new Uint8Array(chunk.slice(0)));
        if (isLast) resolve(chunks.length === 1 ? (chunks[0] ?? new Uint8Array()) : Buffer.concat(chunks));
      });
    });
  }

  /** Ends the wait for a body that does not come. */
  giveUp(error: HttpRefusal): void {
    this.failBody?.(error);
  }

  /** Sends the answer, unless the client has gone or has one. True when this was the answer. */
  reply(reply: Reply, closeConnection: boolean): boolean {
    if (this.state !== 'open') return false;
    this.state = 'answered';
    this.res.cork(() => {
      this.res.writeStatus(statusLine(reply.status));
      for (const [name, value] of Object.entries({ ...securityHeaders, ...reply.headers }))
        this.res.writeHeader(name, value);
      const close = closeConnection || reply.closeConnection === true;
      if (reply.status === 204 || reply.status === 304) this.res.endWithoutBody(undefined, close);
      else if (this.isHead) this.res.endWithoutBody(Buffer.byteLength(reply.body), close);
      else this.res.end(reply.body, close);
    });
    return true;
  }
}

function bodyTooLong(bytesMax: number): HttpRefusal {
  return new HttpRefusal(413, 'INVALID_ARGUMENT', 'BODY_TOO_LONG', `the body is longer than ${String(bytesMax)} bytes`);
}

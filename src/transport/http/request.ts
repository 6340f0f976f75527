import type { UwsRequest } from '../uws/index.js';

/** What is read of a request; a copy, because uWebSockets.js only lends the original. */
export interface RequestHead {
  /** In capitals as sent. */
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Empty when absent, like all headers here. */
  readonly origin: string;
  readonly host: string;
  readonly contentType: string;
  readonly contentLength: string;
  readonly ifNoneMatch: string;
}

/** A request a route answers. */
export interface IncomingRequest extends RequestHead {
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Clock time after which nobody waits for the answer. */
  readonly deadlineMs: number;
}

export function readHead(req: UwsRequest): RequestHead {
  return {
    method: req.getCaseSensitiveMethod(),
    path: req.getUrl(),
    query: new URLSearchParams(req.getQuery()),
    origin: req.getHeader('origin'),
    host: req.getHeader('host'),
    contentType: req.getHeader('content-type'),
    contentLength: req.getHeader('content-length'),
    ifNoneMatch: req.getHeader('if-none-match'),
  };
}

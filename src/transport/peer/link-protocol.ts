import { constants, type OutgoingHttpHeaders, type Settings } from 'node:http2';
import { PeerServiceService } from '../../../proto/gen/cinema/cluster/v1/peer_service.js';

/**
 * A link is a gRPC stream, spoken over node:http2 and not through grpc-js: its client
 * never gives up a connection attempt that a frozen or cut-off peer accepts and does
 * not answer (the socket stays open even after the channel is closed), and its server
 * says nothing about connections that fail before a call.
 */
export const LINK_PATH: string = PeerServiceService.link.path;

/** Of hello; another number is another protocol. */
export const PROTOCOL = 1;

/** What may be under way to a side that is not reading: a few full frames. */
export const LINK_WINDOW_BYTES = 1_048_576;

/** Of a link's connection: one stream, and no pushes. */
export const linkSettings: Settings = {
  enablePush: false,
  initialWindowSize: LINK_WINDOW_BYTES,
  maxConcurrentStreams: 1,
};

/** gRPC codes a link can end with. */
export const LinkStatus = {
  OK: 0,
  INVALID_ARGUMENT: 3,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
} as const;

export type LinkStatusCode = (typeof LinkStatus)[keyof typeof LinkStatus];

export const linkRequestHeaders: OutgoingHttpHeaders = {
  [constants.HTTP2_HEADER_METHOD]: 'POST',
  [constants.HTTP2_HEADER_PATH]: LINK_PATH,
  [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
  [constants.HTTP2_HEADER_TE]: 'trailers',
};

export const linkResponseHeaders: OutgoingHttpHeaders = {
  [constants.HTTP2_HEADER_STATUS]: 200,
  [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
};

/** How a stream ends. gRPC percent-encodes what is not printable ASCII, and the percent sign. */
export function statusTrailers(code: LinkStatusCode, sentence: string): OutgoingHttpHeaders {
  return { 'grpc-status': String(code), 'grpc-message': sentence.replace(/[^ -$&-~]/gu, encodeURIComponent) };
}

/** What the other side ended the stream with; undefined when these are no such headers. */
export function statusSentence(headers: Readonly<Record<string, unknown>>): string | undefined {
  const code = headers['grpc-status'];
  if (typeof code !== 'string') return undefined;
  const message = headers['grpc-message'];
  return typeof message === 'string' && message !== '' ? decoded(message) : `status ${code}`;
}

function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

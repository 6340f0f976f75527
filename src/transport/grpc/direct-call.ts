import { status, type Metadata, type ServerErrorResponse, type StatusObject } from '@grpc/grpc-js';
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../runtime/index.js';
import { edgeError, type OnBug } from '../api/index.js';
import { FrameTooLong, MalformedFrame, MessageSplitter, PREFIX_BYTES, withPrefix } from '../wire/index.js';
import { serviceError } from './error-status.js';
import { tooLarge, type BoundedMethod } from './method-table.js';
import { methodName, type UnaryCall, type UnaryHandler } from './unary-call.js';

const RESPONSE_HEADERS = {
  [constants.HTTP2_HEADER_STATUS]: constants.HTTP_STATUS_OK,
  [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc+proto',
};
/** `endStream` is named for the reason in response-options.ts. */
const MESSAGE_FOLLOWS = { endStream: false, waitForTrailers: true };
const NOTHING_FOLLOWS = { endStream: true };
const OK_TRAILERS = { 'grpc-status': status.OK };

const ONE_MESSAGE = { code: status.UNIMPLEMENTED, details: 'a unary call has one request message' };
const COMPRESSED = { code: status.INTERNAL, details: 'the request is compressed, and grpc-encoding does not say how' };
const LATE_REQUEST = {
  code: status.DEADLINE_EXCEEDED,
  details: 'the request did not arrive in time; it had no effect',
};
const LATE = { code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' };

export interface DirectCallLimits {
  /** How long the request of a call without a deadline may take to arrive, in ms. */
  readonly arrivalMs: number;
}

/** A unary method, as far as a call of it is concerned. */
export interface DirectMethod {
  readonly definition: BoundedMethod;
  readonly handler: UnaryHandler<unknown, unknown>;
}

/** One unary call over its HTTP/2 stream: the request's message, the method, its answer or status. */
export class DirectCall implements UnaryCall<unknown> {
  /** Set when the method is called. */
  request: unknown;
  readonly #pieces: MessageSplitter;
  #message: Buffer | undefined;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #deadline: { cancel(): void } | undefined;
  /** Of a request that arrives in pieces. */
  #arrival: { cancel(): void } | undefined;
  #isAnswered = false;

  /** @param timeoutMs Infinity for none */
  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly method: DirectMethod,
    private readonly timeoutMs: number,
    private readonly limits: DirectCallLimits,
    private readonly clock: Clock,
    private readonly onBug: OnBug,
  ) {
    this.#pieces = new MessageSplitter(method.definition.requestBytesMax);
  }

  getDeadline(): number {
    return this.#deadlineMs;
  }

  getPath(): string {
    return this.method.definition.path;
  }

  start(): void {
    const { stream, clock, timeoutMs } = this;
    if (timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#deadlineMs = clock.now() + timeoutMs;
      this.#deadline = clock.after(timeoutMs, () => {
        this.#refuse(LATE);
      });
      stream.on('close', () => {
        this.#settle();
      });
    }
    // A stream that breaks is closed, and nobody is there to be answered.
    stream.on('error', () => undefined);
    stream.on('data', (piece: Buffer) => {
      this.#read(piece);
    });
    stream.on('end', () => {
      this.#run();
    });
  }

  #read(piece: Buffer): void {
    if (this.#isAnswered) return;
    this.#pieces.push(piece);
    try {
      for (let next = this.#pieces.next(); next !== undefined; next = this.#pieces.next()) {
        if (this.#message !== undefined) {
          this.#refuse(ONE_MESSAGE);
          return;
        }
        this.#message = next;
      }
    } catch (error) {
      this.#refuseUnread(error);
      return;
    }
    // Most arrive in one piece, and need no timer.
    if (this.#onlyMessage !== undefined || this.timeoutMs !== Number.POSITIVE_INFINITY) return;
    this.#arrival ??= this.clock.after(this.limits.arrivalMs, () => {
      this.#refuse(LATE_REQUEST);
    });
  }

  /** What the splitter throws. */
  #refuseUnread(error: unknown): void {
    if (error instanceof FrameTooLong) {
      // The method refuses it in its words.
      this.request = tooLarge(error.bytes, error.bytesMax);
      this.#call();
    } else if (error instanceof MalformedFrame) this.#refuse(COMPRESSED);
    else this.#fail(error);
  }

  /** The request's message, when that is all that has arrived. */
  get #onlyMessage(): Buffer | undefined {
    return this.#pieces.isEmpty ? this.#message : undefined;
  }

  #run(): void {
    if (this.#isAnswered) return;
    this.#arrival?.cancel();
    const message = this.#onlyMessage;
    if (message === undefined) {
      this.#refuse(ONE_MESSAGE);
      return;
    }
    this.request = this.method.definition.requestDeserialize(message);
    this.#call();
  }

  #call(): void {
    try {
      this.method.handler(this, (error, response, trailers) => {
        if (error !== null) this.#refuse(error, trailers);
        else this.#answer(response, trailers);
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The first time only: true. */
  #settle(): boolean {
    if (this.#isAnswered) return false;
    this.#isAnswered = true;
    this.#deadline?.cancel();
    this.#arrival?.cancel();
    return !this.stream.destroyed && !this.stream.closed;
  }

  #answer(response: unknown, trailers: Metadata | undefined): void {
    let framed: Buffer;
    try {
      framed = frame(this.method.definition.responseSerialize(response));
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!this.#settle()) return;
    const { stream } = this;
    stream.respond(RESPONSE_HEADERS, MESSAGE_FOLLOWS);
    stream.on('wantTrailers', () => {
      stream.sendTrailers(trailers === undefined ? OK_TRAILERS : { ...OK_TRAILERS, ...trailers.toHttp2Headers() });
    });
    stream.end(framed);
  }

  #refuse(error: ServerErrorResponse | Partial<StatusObject>, trailers?: Metadata): void {
    if (!this.#settle()) return;
    const metadata = trailers ?? error.metadata;
    const headers: OutgoingHttpHeaders = {
      ...RESPONSE_HEADERS,
      'grpc-status': error.code ?? status.UNKNOWN,
      'grpc-message': encodeURI(error.details ?? ''),
      ...metadata?.toHttp2Headers(),
    };
    const { stream } = this;
    stream.respond(headers, NOTHING_FOLLOWS);
    // Of a request that is refused before all of it is there, the rest is not read.
    if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #fail(error: unknown): void {
    this.#refuse(serviceError(edgeError(methodName(this), error, this.onBug)));
  }
}

function frame(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.set(message, PREFIX_BYTES);
  return withPrefix(framed);
}

import { readFileSync } from 'node:fs';
import { Client, credentials, Metadata, type CallOptions, type ServiceError } from '@grpc/grpc-js';

/** A method of a generated service definition. */
export interface ApiMethod<Request, Response> {
  readonly path: string;
  requestSerialize(request: Request): Buffer;
  responseDeserialize(bytes: Buffer): Response;
}

/** What grpc-js ends in when it has nothing to note about how it resolved the address. */
const EMPTY_NOTE = /\. Resolution note: $/;

/** A call that was answered with anything but OK. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';

  constructor(
    readonly error: ServiceError,
    readonly address: string,
    /** The request's request_id; undefined for a read. */
    readonly requestId: string | undefined,
  ) {
    super(error.details.replace(EMPTY_NOTE, ''), { cause: error });
  }
}

/** Ships with the API: which methods a client repeats by itself, and how long it waits for each. */
const serviceConfig = new URL('../../../proto/cinema/boxoffice/v1/service_config.json', import.meta.url);

/** Enough for the largest seating plan and for the seat map of the largest hall. */
const MESSAGE_BYTES_MAX = 256 * 1024 * 1024;

/** The public API over one connection. UNAVAILABLE is retried within each call. */
export class BoxOfficeClient {
  private readonly client: Client;

  /** @param timeoutMs instead of the service config's timeout */
  constructor(
    readonly address: string,
    private readonly timeoutMs: number | undefined,
  ) {
    this.client = new Client(address, credentials.createInsecure(), {
      'grpc.service_config': readFileSync(serviceConfig, 'utf8'),
      'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
      'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
    });
  }

  /** @throws CallFailed */
  call<Request extends object, Response>(method: ApiMethod<Request, Response>, request: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        method.path,
        (value: Request) => method.requestSerialize(value),
        (bytes) => method.responseDeserialize(bytes),
        request,
        new Metadata(),
        this.callOptions(),
        (error, response) => {
          if (error !== null) reject(new CallFailed(error, this.address, requestIdOf(request)));
          else if (response === undefined) reject(new TypeError(`${method.path} answered OK without a message`));
          else resolve(response);
        },
      );
    });
  }

  /**
   * Gives every message of a server stream to `receive`, until the stream ends or
   * `stop` is aborted. No deadline.
   * @throws CallFailed when it ended with anything but OK
   */
  read<Request extends object, Response>(
    method: ApiMethod<Request, Response>,
    request: Request,
    receive: (message: Response) => void,
    stop: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.client.makeServerStreamRequest(
        method.path,
        (value: Request) => method.requestSerialize(value),
        (bytes) => method.responseDeserialize(bytes),
        request,
      );
      const cancel = (): void => stream.cancel();
      stop.addEventListener('abort', cancel, { once: true });
      stream.on('data', receive);
      stream.on('end', () => resolve());
      stream.on('error', (error: ServiceError) => {
        if (stop.aborted) resolve();
        else reject(new CallFailed(error, this.address, requestIdOf(request)));
      });
      stream.on('close', () => stop.removeEventListener('abort', cancel));
    });
  }

  close(): void {
    this.client.close();
  }

  private callOptions(): CallOptions {
    return this.timeoutMs === undefined ? {} : { deadline: Date.now() + this.timeoutMs };
  }
}

function requestIdOf(request: object): string | undefined {
  return 'requestId' in request && typeof request.requestId === 'string' ? request.requestId : undefined;
}

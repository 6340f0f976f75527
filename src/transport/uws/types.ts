/**
 * The part of uWebSockets.js that is used here, in our words. Both npm builds of it
 * have exactly this; their own types differ in details that do not matter.
 */
export interface UwsNative {
  App(): UwsApp;
  us_listen_socket_close(socket: ListenSocket): void;
  us_socket_local_port(socket: ListenSocket): number;
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

/** Opaque; only good for closing and for asking its port. */
export interface ListenSocket {
  readonly __listenSocket?: never;
}

export interface UwsApp {
  any(pattern: string, handler: (res: UwsResponse, req: UwsRequest) => void): UwsApp;
  ws<UserData>(pattern: string, behavior: UwsBehavior<UserData>): UwsApp;
  listen(host: string, port: number, options: number, done: (socket: ListenSocket | false) => void): UwsApp;
  /** To every socket subscribed to the topic, at the end of the event loop's turn. */
  publish(topic: string, message: string, isBinary?: boolean): boolean;
  /** Closes the listening socket and every connection at once. */
  close(): UwsApp;
}

/** Valid only inside the handler that got it: read everything before the first await. */
export interface UwsRequest {
  getHeader(lowerCaseName: string): string;
  /** In the caller's spelling; methods are case-sensitive. */
  getCaseSensitiveMethod(): string;
  /** The path, still percent-encoded, without the query. */
  getUrl(): string;
  getQuery(): string;
}

/** Must not be touched after its onAborted handler ran or after end(): uWebSockets.js throws then. */
export interface UwsResponse {
  writeStatus(status: string): UwsResponse;
  writeHeader(name: string, value: string): UwsResponse;
  end(body?: string | Uint8Array, closeConnection?: boolean): UwsResponse;
  endWithoutBody(reportedContentLength?: number, closeConnection?: boolean): UwsResponse;
  cork(write: () => void): UwsResponse;
  onAborted(handler: () => void): UwsResponse;
  /** The chunk is only valid inside the handler. */
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): UwsResponse;
  /** `data` is what the open handler finds in getUserData(). */
  upgrade(data: object, key: string, protocol: string, extensions: string, context: UpgradeContext): void;
}

/** Opaque. */
export interface UpgradeContext {
  readonly __upgradeContext?: never;
}

/** Must not be touched after its close handler was called: uWebSockets.js throws then. */
export interface UwsSocket<UserData> {
  /** 1: sent; 0: buffered (backpressure); 2: dropped, because more than maxBackpressure is buffered. */
  send(message: string, isBinary?: boolean): number;
  /** Bytes that wait in this process because the other side does not read them. */
  getBufferedAmount(): number;
  /** Closes with a code and a reason the other side can read. */
  end(code?: number, reason?: string): void;
  subscribe(topic: string): boolean;
  unsubscribe(topic: string): boolean;
  getUserData(): UserData;
}

export interface UwsBehavior<UserData> {
  /** Bytes; a longer message from the other side closes the socket. */
  maxPayloadLength: number;
  /** Seconds without a sign of life (an answered ping is one) until the socket is closed: 8 to 960. */
  idleTimeout: number;
  sendPingsAutomatically: boolean;
  /** Bytes that may wait unsent; what is sent beyond it is dropped. */
  maxBackpressure: number;
  /** Close instead of going on after a dropped message. */
  closeOnBackpressureLimit: boolean;
  upgrade(res: UwsResponse, req: UwsRequest, context: UpgradeContext): void;
  open(ws: UwsSocket<UserData>): void;
  message(ws: UwsSocket<UserData>, message: ArrayBuffer, isBinary: boolean): void;
  drain(ws: UwsSocket<UserData>): void;
  close(ws: UwsSocket<UserData>, code: number, message: ArrayBuffer): void;
}

import { connect, type Socket } from 'node:net';
import type { Heard } from './heard.js';
import type { SeatState } from './seat-state.js';
import { clientFrame, opcodes, readFrame } from './websocket-frames.js';

/** What the viewers of a process share. */
export interface Desk {
  /** Reads of all sockets go through it, one at a time. */
  readonly buffer: Buffer;
  hear(text: string): Heard;
  /** The meaning of bytes that are exactly the one frame most viewers were sent last. */
  recall(bytes: Buffer, length: number): Heard | undefined;
  remember(bytes: Buffer, heard: Heard): void;
  stateOf(heard: Extract<Heard, { kind: 'snapshot' }>): SeatState;
  seated(viewer: Viewer): void;
  moved(viewer: Viewer, revision: number): void;
  failed(viewer: Viewer, why: string): void;
}

export interface Door {
  readonly port: number;
  readonly path: string;
  readonly localAddress: string;
  readonly localPort: number;
}

const HOST = '127.0.0.1';
const HEAD_END = '\r\n\r\n';

/**
 * One WebSocket that watches. As cheap as it can be, because it shares the machine with
 * the servers: no allocation per message, and the bytes that all are sent are understood
 * once. That they follow what this viewer had is looked at here, for every viewer.
 */
export class Viewer {
  /** Undefined until the first snapshot. */
  state: SeatState | undefined;
  /** Was not let in, lost its connection, missed something or was told something wrong. */
  hasFailed = false;
  private isUpgraded = false;
  /** Of a message that is not whole yet. */
  private rest: Buffer | undefined;
  private readonly socket: Socket;

  constructor(
    private readonly desk: Desk,
    { port, path, localAddress, localPort }: Door,
  ) {
    this.socket = connect({
      host: HOST,
      port,
      localAddress,
      localPort,
      onread: {
        buffer: desk.buffer,
        callback: (length) => {
          this.read(length);
          return true;
        },
      },
    });
    this.socket.once('connect', () => this.socket.write(upgradeRequest(port, path)));
    this.socket.once('error', (error) => this.fail(error.message));
    this.socket.once('close', () => this.fail('its connection ended'));
  }

  private read(length: number): void {
    const { desk } = this;
    if (this.rest === undefined) {
      const heard = desk.recall(desk.buffer, length);
      if (heard !== undefined) {
        this.take(heard);
        return;
      }
    }
    try {
      this.readSlowly(Buffer.from(desk.buffer.subarray(0, length)));
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** Whatever came in pieces, together, or for the first time. */
  private readSlowly(chunk: Buffer): void {
    const bytes = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    let at = this.isUpgraded ? 0 : this.readHead(bytes);
    for (let frame = readFrame(bytes, at); this.isUpgraded && frame !== undefined; frame = readFrame(bytes, at)) {
      const isAlone = at === 0 && frame.end === bytes.length;
      at = frame.end;
      if (frame.opcode === opcodes.ping) this.socket.write(clientFrame(opcodes.pong, frame.payload));
      else if (frame.opcode === opcodes.text) {
        const heard = this.desk.hear(frame.payload.toString());
        if (isAlone && heard.kind === 'delta') this.desk.remember(bytes, heard);
        this.take(heard);
      } else if (frame.opcode === opcodes.close) this.fail('the server closed it');
    }
    this.rest = at === bytes.length ? undefined : bytes.subarray(at);
  }

  /** Answers where the frames begin. */
  private readHead(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    const head = bytes.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`it was not let in: ${head.split('\r\n')[0] ?? ''}`);
    this.isUpgraded = true;
    return end + HEAD_END.length;
  }

  private take(heard: Heard): void {
    switch (heard.kind) {
      case 'delta': {
        const next = this.state?.after(heard.delta);
        if (next === undefined) {
          this.fail(`it has revision ${String(this.state?.revision)} and was sent what follows another`);
          return;
        }
        this.state = next;
        this.desk.moved(this, next.revision);
        return;
      }
      case 'snapshot':
        if (this.state !== undefined) this.fail('it was sent a second snapshot');
        else {
          this.state = this.desk.stateOf(heard);
          this.desk.seated(this);
        }
        return;
      case 'progress':
        if (heard.revision !== this.state?.revision) this.fail('it missed a change, as the next progress told');
        return;
      case 'answer':
        this.socket.write(clientFrame(opcodes.text, Buffer.from(heard.text)));
        return;
      case 'wrong':
        this.fail(`it was told ${heard.text}`);
        return;
      case 'nothing':
    }
  }

  private fail(why: string): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.desk.failed(this, why);
  }
}

/** The key is the RFC's example: nobody here checks the answer to it. */
const upgradeRequest = (port: number, path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${HOST}:${String(port)}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    '\r\n',
  ].join('\r\n');

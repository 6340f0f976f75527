import type { UwsSocket } from '../uws/index.js';
import type { RenderedFrame } from './seat-frames.js';

/** What an upgrade found out about a socket before it opened. */
export interface ViewerData {
  readonly screeningId: string;
  readonly resumeToken: string | undefined;
  viewer?: Viewer;
}

/** One open WebSocket. Every use of the native socket goes through here: it throws once it is closed. */
export class Viewer {
  /** It did not read what it was sent and is waiting for a snapshot. */
  isBehind = false;
  /** Messages it sent that mean nothing to us. */
  strayMessages = 0;
  private socket: UwsSocket<ViewerData> | undefined;

  constructor(socket: UwsSocket<ViewerData>) {
    this.socket = socket;
  }

  get isOpen(): boolean {
    return this.socket !== undefined;
  }

  /** Bytes it has been sent and not read; 0 once closed. */
  get unsentBytes(): number {
    return this.socket?.getBufferedAmount() ?? 0;
  }

  send(frame: RenderedFrame): void {
    this.socket?.send(frame.text, false);
  }

  subscribe(topic: string): void {
    this.socket?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.socket?.unsubscribe(topic);
  }

  end(code: number, reason: string): void {
    this.socket?.end(code, reason);
  }

  /** The close handler ran: the native socket is gone. */
  closed(): void {
    this.socket = undefined;
  }
}

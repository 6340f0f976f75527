import type { Frame } from './api-types.js';
import { backoffMs } from './backoff.js';

export type ConnectionState = 'connecting' | 'live' | 'waiting' | 'failed';

export interface LiveListener {
  frame(frame: Frame): void;
  state(state: ConnectionState): void;
}

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
/** A socket that is silent for this long is dead, whatever it says: progress usually comes every few seconds. */
const LEAST_SILENCE_MS = 20_000;
/** Where it is told to come more rarely, one may be late. */
const SILENCE_INTERVALS = 2;
/** Close codes and error codes after which asking again is pointless. */
const finalCodes = new Set(['NOT_FOUND', 'INVALID_ARGUMENT', 'PERMISSION_DENIED']);
const SERVICE_RESTART = 1012;

/**
 * The live seat map of one screening. Connects again by itself when it is cut, and
 * goes on from the last frame it saw. open() and close() are its whole life.
 */
export class LiveConnection {
  private socket: WebSocket | undefined;
  private attempt = 0;
  private reconnectTimer: number | undefined;
  private silenceTimer: number | undefined;
  private isClosed = false;
  private readonly silenceMs: number;
  private readonly onOnline = (): void => this.connect();

  /**
   * @param resumeToken where the map is that the frames are for; undefined begins with a snapshot.
   * @param progressIntervalMs how often the server says something at least.
   */
  constructor(
    private readonly screeningId: string,
    private resumeToken: string | undefined,
    progressIntervalMs: number,
    private readonly listener: LiveListener,
  ) {
    this.silenceMs = Math.max(LEAST_SILENCE_MS, SILENCE_INTERVALS * progressIntervalMs);
  }

  open(): void {
    window.addEventListener('online', this.onOnline);
    this.connect();
  }

  /** A frame is missing: forget the position and begin with a fresh snapshot. */
  restart(): void {
    this.resumeToken = undefined;
    this.drop();
    // Not at once: should the next snapshot not help either, this must not become a storm.
    this.reconnect(false);
  }

  /** Idempotent. */
  close(): void {
    this.isClosed = true;
    window.removeEventListener('online', this.onOnline);
    window.clearTimeout(this.reconnectTimer);
    this.drop();
  }

  private connect(): void {
    if (this.isClosed || this.socket !== undefined) return;
    window.clearTimeout(this.reconnectTimer);
    this.listener.state('connecting');
    const socket = new WebSocket(this.url());
    this.socket = socket;
    this.watchSilence();
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (socket === this.socket && typeof data === 'string') this.received(data);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      this.drop();
      this.reconnect(code === SERVICE_RESTART);
    };
  }

  private received(text: string): void {
    this.watchSilence();
    const frame: unknown = JSON.parse(text);
    if (!isFrame(frame)) return;
    if (frame.type === 'error') {
      if (!finalCodes.has(frame.code)) return;
      this.close();
      this.listener.state('failed');
    } else {
      this.attempt = 0;
      this.resumeToken = frame.type === 'reset' ? undefined : frame.resume_token;
      this.listener.state('live');
    }
    this.listener.frame(frame);
  }

  private reconnect(isPlanned: boolean): void {
    if (this.isClosed) return;
    this.listener.state('waiting');
    const waitMs =
      isPlanned && this.attempt === 0 ? Math.random() * 1000 : backoffMs(this.attempt, FIRST_WAIT_MS, LONGEST_WAIT_MS);
    this.attempt += 1;
    window.clearTimeout(this.reconnectTimer);
    this.reconnectTimer = window.setTimeout(() => this.connect(), waitMs);
  }

  private watchSilence(): void {
    window.clearTimeout(this.silenceTimer);
    this.silenceTimer = window.setTimeout(() => {
      this.drop();
      this.reconnect(false);
    }, this.silenceMs);
  }

  private drop(): void {
    window.clearTimeout(this.silenceTimer);
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  private url(): string {
    const url = new URL('/ws', window.location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('screening_id', this.screeningId);
    if (this.resumeToken !== undefined) url.searchParams.set('resume_token', this.resumeToken);
    return url.href;
  }
}

const frameTypes = new Set<unknown>(['snapshot', 'seat_status_update', 'progress', 'reset', 'error']);

/** Kinds of frames a later server may add are passed over. */
const isFrame = (value: unknown): value is Frame =>
  typeof value === 'object' && value !== null && 'type' in value && frameTypes.has(value.type);

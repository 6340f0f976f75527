import type { SeatingPlan } from '../../../actors/auditorium/seating-plan.js';
import type { SeatStreams } from '../../streams/index.js';
import type { BoxOffice } from '../api/index.js';
import type { HttpLimits } from './limits.js';

/** What the HTTP server needs from the rest of the node. */
export interface HttpServerOptions {
  /** An address of this machine; 0.0.0.0 for all. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly boxOffice: HttpBoxOffice;
  readonly streams: SeatStreams;
  /** How often `streams` tells viewers where it is; pages are told, to know a dead socket from a quiet one. */
  readonly progressIntervalMs: number;
  readonly plans: PlanSource;
  /** Queue statistics of a screening, answered as they are. Rejects with an ApiError. */
  readonly queueStats: (screeningId: string, deadlineMs: number) => Promise<object>;
  readonly health: () => Promise<Health>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly limits?: Partial<HttpLimits>;
  /** Origins (scheme://host[:port]) of other sites whose pages may book and watch here; the own page always may. */
  readonly allowedOrigins?: readonly string[];
  /** Folder with the compiled seat page; the one beside this code when absent. */
  readonly pageFolder?: string;
  readonly clock: HttpClock;
  readonly log: HttpLog;
  readonly probe?: HttpProbe;
}

/** The part of the public contract that browsers are offered. */
export type HttpBoxOffice = Pick<
  BoxOffice,
  | 'listScreenings'
  | 'getScreening'
  | 'getSeatMap'
  | 'holdSeats'
  | 'getHold'
  | 'extendHold'
  | 'releaseHold'
  | 'confirmHold'
>;

/** The seating plan of an auditorium, which never changes. */
export interface PlanSource {
  /** Undefined when there is no such auditorium. What it rejects with other than an ApiError means the storage is away. */
  plan(auditoriumId: string): Promise<{ readonly plan: SeatingPlan } | undefined>;
}

export interface Health {
  /** False: restart this process. */
  readonly live: boolean;
  /** False: send this node no new callers. */
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

export interface HttpClock {
  /** Milliseconds since 1970 UTC; what deadlines are compared with. */
  now(): number;
  /** Milliseconds from an arbitrary start. */
  monotonic(): number;
  after(delayMs: number, run: () => void): { cancel(): void };
}

/** Must not throw. */
export type HttpLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** What the server tells operators; the telemetry folder turns it into metrics. */
export interface HttpProbe {
  /** `route` is the pattern, not the path: a bounded set. */
  requestAnswered(route: string, status: number, tookMs: number): void;
  /** The client went away before its answer. */
  requestAborted(route: string): void;
  /** Sockets open now. */
  viewersChanged(viewers: number): void;
  /** One frame went to `receivers` sockets, `bytes` in all. */
  framesSent(kind: string, receivers: number, bytes: number): void;
  /** A socket did not read fast enough; it is sent a snapshot when it has caught up. */
  viewerFellBehind(): void;
  /** An upgrade was refused: the limit of viewers, the origin, ... */
  viewerRefused(reason: string): void;
}

export const silentHttpProbe: HttpProbe = {
  requestAnswered: () => undefined,
  requestAborted: () => undefined,
  viewersChanged: () => undefined,
  framesSent: () => undefined,
  viewerFellBehind: () => undefined,
  viewerRefused: () => undefined,
};

import { ApiError, readWatchSeats, type StatusCode } from '../api/index.js';
import type { UwsApp, UwsResponse } from '../uws/index.js';
import { errorReply, HttpRefusal, internalError } from './error-reply.js';
import type { HttpLimits } from './limits.js';
import type { HttpClock, HttpLog, HttpProbe } from './options.js';
import type { OriginPolicy } from './origins.js';
import { securityHeaders, statusLine } from './reply.js';
import { readHead, type RequestHead } from './request.js';
import { ScreeningRooms, type Seat } from './screening-rooms.js';
import type { SeatStreams } from '../../streams/index.js';
import { errorFrame } from './seat-frames.js';
import { Viewer, type ViewerData } from './viewer.js';

export interface ViewerSocketParts {
  readonly streams: SeatStreams;
  readonly origins: OriginPolicy;
  readonly limits: HttpLimits;
  readonly clock: HttpClock;
  readonly log: HttpLog;
  readonly probe: HttpProbe;
}

/** RFC 6455 close codes; 1012 and 1013 from IANA's registry. */
const closeCodes = { policyViolation: 1008, internalError: 1011, serviceRestart: 1012, tryAgainLater: 1013 } as const;
/** Messages nobody asked for until the socket is closed. */
const STRAY_MESSAGES_MAX = 10;

/** The WebSocket endpoint /ws: who may watch, and what a socket's life does to its room. */
export class ViewerSocket {
  private readonly rooms: ScreeningRooms;
  private readonly viewers = new Set<Viewer>();
  private readonly seats = new WeakMap<Viewer, Seat>();
  private isClosing = false;

  constructor(
    app: UwsApp,
    private readonly parts: ViewerSocketParts,
  ) {
    const { streams, limits, clock, probe } = parts;
    this.rooms = new ScreeningRooms(streams, {
      slowViewerBytes: limits.slowViewerBytes,
      now: () => clock.now(),
      publish: (topic, text) => void app.publish(topic, text, false),
      probe,
    });
    app.ws<ViewerData>('/ws', {
      maxPayloadLength: limits.viewerMessageBytesMax,
      idleTimeout: limits.viewerIdleTimeoutSeconds,
      sendPingsAutomatically: true,
      maxBackpressure: limits.viewerBacklogBytesMax,
      closeOnBackpressureLimit: true,
      upgrade: (res, req, context) => {
        const head = readHead(req);
        const refusal = this.refusal(head);
        if (refusal !== undefined) {
          parts.probe.viewerRefused(refusal.reason);
          refuse(res, refusal);
          return;
        }
        const data: ViewerData = wanted(head);
        const header = (name: string): string => req.getHeader(`sec-websocket-${name}`);
        res.upgrade(data, header('key'), header('protocol'), header('extensions'), context);
      },
      open: (ws) => {
        const data = ws.getUserData();
        const viewer = new Viewer(ws);
        data.viewer = viewer;
        this.viewers.add(viewer);
        probe.viewersChanged(this.viewers.size);
        void this.seat(viewer, data);
      },
      message: (ws) => {
        const { viewer } = ws.getUserData();
        if (viewer !== undefined) strayMessage(viewer);
      },
      drain: (ws) => {
        const { viewer } = ws.getUserData();
        if (viewer !== undefined) this.seats.get(viewer)?.room.drained(viewer);
      },
      close: (ws) => {
        const { viewer } = ws.getUserData();
        if (viewer !== undefined) this.closed(viewer);
      },
    });
  }

  /** Sockets open now. */
  get size(): number {
    return this.viewers.size;
  }

  viewersOf(screeningId: string): number {
    return this.rooms.viewersOf(screeningId);
  }

  /** Asks every viewer to come back through another node, and takes no more. */
  sendAway(): void {
    this.isClosing = true;
    for (const viewer of [...this.viewers])
      viewer.end(closeCodes.serviceRestart, 'this node is stopping, connect again');
  }

  private refusal(head: RequestHead): ApiError | undefined {
    const { origin, host } = head;
    if (!this.parts.origins.allows(origin, host)) {
      return new HttpRefusal(403, 'PERMISSION_DENIED', 'ORIGIN_NOT_ALLOWED', 'pages of this origin may not watch here');
    }
    try {
      const { screeningId, resumeToken = '' } = wanted(head);
      readWatchSeats({ screeningId, resumeToken });
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
    const retry = [{ kind: 'retry-info', retryDelayMs: 1000 }] as const;
    if (this.isClosing) return new ApiError('UNAVAILABLE', 'DRAINING', 'this node is stopping', {}, retry);
    if (this.viewers.size >= this.parts.limits.viewersMax) {
      return new ApiError('UNAVAILABLE', 'TOO_MANY_VIEWERS', 'this node has as many viewers as it may', {}, retry);
    }
    return undefined;
  }

  private async seat(viewer: Viewer, { screeningId, resumeToken }: ViewerData): Promise<void> {
    const deadlineMs = this.parts.clock.now() + this.parts.limits.requestTimeoutMs;
    try {
      const seat = await this.rooms.enter(screeningId, deadlineMs);
      if (!viewer.isOpen) {
        seat.leave();
        return;
      }
      // From here on the viewer's close gives the seat back.
      this.seats.set(viewer, seat);
      await seat.room.reach(resumeToken, deadlineMs);
      // It may have left meanwhile.
      if (this.viewers.has(viewer)) seat.room.admit(viewer, resumeToken);
    } catch (error) {
      this.turnAway(viewer, error);
    }
  }

  private turnAway(viewer: Viewer, error: unknown): void {
    const isMeant = error instanceof ApiError && error.code !== 'INTERNAL';
    if (!isMeant) this.parts.log('error', 'a viewer could not be seated for a reason on our side', { err: error });
    const told = isMeant ? error : internalError();
    viewer.send(errorFrame(told));
    viewer.end(closeCodeOf(told.code), told.reason);
  }

  private closed(viewer: Viewer): void {
    viewer.closed();
    this.viewers.delete(viewer);
    const seat = this.seats.get(viewer);
    seat?.room.leave(viewer);
    seat?.leave();
    this.parts.probe.viewersChanged(this.viewers.size);
  }
}

/** What a viewer asks for, unchecked. */
function wanted({ query }: RequestHead): Pick<ViewerData, 'screeningId' | 'resumeToken'> {
  return { screeningId: query.get('screening_id') ?? '', resumeToken: query.get('resume_token') ?? undefined };
}

/** Viewers only listen; a few stray messages are answered, a stream of them is not. */
function strayMessage(viewer: Viewer): void {
  viewer.strayMessages += 1;
  viewer.send(
    errorFrame({
      code: 'INVALID_ARGUMENT',
      reason: 'UNKNOWN_MESSAGE',
      message: 'this socket only sends; it takes no messages',
    }),
  );
  if (viewer.strayMessages >= STRAY_MESSAGES_MAX) viewer.end(closeCodes.policyViolation, 'too many messages');
}

function closeCodeOf(code: StatusCode): number {
  if (code === 'UNAVAILABLE' || code === 'RESOURCE_EXHAUSTED' || code === 'DEADLINE_EXCEEDED')
    return closeCodes.tryAgainLater;
  return code === 'INTERNAL' ? closeCodes.internalError : closeCodes.policyViolation;
}

/** Synchronous, so it needs no abort handler. */
function refuse(res: UwsResponse, error: ApiError): void {
  const { status, headers, body } = errorReply(error);
  res.cork(() => {
    res.writeStatus(statusLine(status));
    for (const [name, value] of Object.entries({ ...securityHeaders, ...headers })) res.writeHeader(name, value);
    res.end(body, true);
  });
}

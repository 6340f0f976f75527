import { ApiError } from '../api/index.js';
import type { UwsRequest, UwsResponse } from '../uws/index.js';
import { errorReply, HttpRefusal, internalError } from './error-reply.js';
import { Exchange } from './exchange.js';
import type { HttpLimits } from './limits.js';
import type { HttpClock, HttpLog, HttpProbe } from './options.js';
import type { OriginPolicy } from './origins.js';
import type { Reply } from './reply.js';
import { readHead, type RequestHead } from './request.js';
import type { RouteMatch, Router } from './router.js';

export interface FrontDoorParts {
  readonly router: Router;
  readonly origins: OriginPolicy;
  readonly limits: HttpLimits;
  readonly clock: HttpClock;
  readonly log: HttpLog;
  readonly probe: HttpProbe;
}

/** An answer that is not ready when its deadline passes may still be on its way back. */
const ANSWER_GRACE_MS = 250;
/** The route in metrics of a request that has none. */
const NO_ROUTE = 'none';

/** Takes every HTTP request in, checks what all have in common, and sees that it is answered once. */
export class FrontDoor {
  private inFlightCount = 0;
  private isClosing = false;

  constructor(private readonly parts: FrontDoorParts) {}

  /** Requests being answered now. */
  get inFlight(): number {
    return this.inFlightCount;
  }

  /** From now on every answer closes its connection. */
  startClosing(): void {
    this.isClosing = true;
  }

  /** uWebSockets.js's handler. Never throws. */
  handle(res: UwsResponse, req: UwsRequest): void {
    const head = readHead(req);
    const startedMs = this.parts.clock.monotonic();
    let routeName = NO_ROUTE;
    const exchange = new Exchange(res, head.method === 'HEAD', () => this.parts.probe.requestAborted(routeName));
    const finish = (reply: Reply): void => {
      const headers = { ...reply.headers, ...this.parts.origins.corsHeaders(head.origin, head.host) };
      if (exchange.reply({ ...reply, headers }, this.isClosing)) {
        this.parts.probe.requestAnswered(routeName, reply.status, this.parts.clock.monotonic() - startedMs);
      }
    };
    try {
      this.admit(head);
      if (head.method === 'OPTIONS') {
        finish({ status: 204, headers: { Allow: this.parts.router.allowed(head.path) }, body: '' });
        return;
      }
      const match = this.parts.router.match(head.method, head.path);
      routeName = match.route.pattern;
      this.answer(head, match, exchange, finish);
    } catch (error) {
      finish(this.errorReply(error, routeName));
    }
  }

  private admit(head: RequestHead): void {
    const isMutation = head.method !== 'GET' && head.method !== 'HEAD';
    if (isMutation && !this.parts.origins.allows(head.origin, head.host)) {
      throw new HttpRefusal(
        403,
        'PERMISSION_DENIED',
        'ORIGIN_NOT_ALLOWED',
        'pages of this origin may change nothing here',
      );
    }
    if (this.inFlightCount >= this.parts.limits.requestsInFlightMax) {
      throw new HttpRefusal(503, 'UNAVAILABLE', 'OVERLOADED', 'too many requests are being answered', {}, [
        { kind: 'retry-info', retryDelayMs: 1000 },
      ]);
    }
  }

  private answer(
    head: RequestHead,
    { route, params }: RouteMatch,
    exchange: Exchange,
    finish: (reply: Reply) => void,
  ): void {
    const { clock, limits } = this.parts;
    const deadlineMs = clock.now() + limits.requestTimeoutMs;
    const body = exchange.body(head.contentLength, limits.bodyBytesMax);
    this.inFlightCount += 1;
    const bodyTimer = clock.after(limits.requestTimeoutMs, () => {
      exchange.giveUp(
        new HttpRefusal(
          408,
          'DEADLINE_EXCEEDED',
          'REQUEST_TIMEOUT',
          'the body did not arrive in time; the request had no effect',
        ),
      );
    });
    const answerTimer = clock.after(limits.requestTimeoutMs + ANSWER_GRACE_MS, () => {
      finish(
        errorReply(
          new ApiError(
            'DEADLINE_EXCEEDED',
            'DEADLINE_EXCEEDED',
            'no answer in time; repeat it with the same request_id',
          ),
        ),
      );
    });
    void body
      .then((bytes) => route.answer({ ...head, params, body: bytes, deadlineMs }))
      .catch((error: unknown) => this.errorReply(error, route.pattern))
      .then(finish)
      .finally(() => {
        bodyTimer.cancel();
        answerTimer.cancel();
        this.inFlightCount -= 1;
      });
  }

  private errorReply(error: unknown, route: string): Reply {
    if (error instanceof ApiError && error.code !== 'INTERNAL') return errorReply(error);
    this.parts.log('error', 'a request failed for a reason on our side', { route, err: error });
    return errorReply(internalError());
  }
}

import type { RetryingClient } from './client.js';
import type { Outcome, Seller } from './seller.js';
import { Timeline, wallMs } from './timeline.js';

/** What became of the commands so far. */
export interface LoadTally {
  sent: number;
  done: number;
  /** Rightly. */
  refused: number;
  /** Neither OK nor a business refusal, within the deadline and with the retries of the service config. */
  failed: number;
  wrong: number;
  /** Not sent, because too many were under way: the load was less than it should be. */
  skipped: number;
}

/** What a load says of itself. */
export interface LoadReport {
  readonly tally: Readonly<LoadTally>;
  /** The first of them. */
  readonly incidents: readonly Incident[];
}

/** A command that ended badly. */
export interface Incident {
  readonly sentMs: number;
  readonly tookMs: number;
  readonly screeningId: string;
  readonly path: string;
  /** A status code, or what was wrong. */
  readonly what: string;
}

export interface LoadPlan {
  /** Commands per second over all screenings, each screening in turn. */
  readonly rate: number;
  /** Most commands under way. */
  readonly underWayMax: number;
}

/** Of the incidents, those that are kept to be shown. */
const INCIDENTS_KEPT = 100;
const TICK_MS = 2;

/**
 * An open loop: commands leave at a steady rate, whether or not earlier ones were
 * answered, so that an outage shows in every command that falls into it. A screening's
 * commands are as far from each other as the rate and the number of screenings say.
 */
export class Load implements LoadReport {
  readonly tally: LoadTally = { sent: 0, done: 0, refused: 0, failed: 0, wrong: 0, skipped: 0 };
  readonly incidents: Incident[] = [];
  private readonly timelines = new Map<string, Timeline>();
  private readonly startedMs = performance.now();
  private readonly timer: NodeJS.Timeout;
  private readonly underWay = new Set<Promise<void>>();
  private due = 0;

  constructor(
    private readonly sellers: readonly Seller[],
    private readonly client: Pick<RetryingClient, 'call'>,
    private readonly plan: LoadPlan,
  ) {
    this.timer = setInterval(() => {
      this.sendWhatIsDue();
    }, TICK_MS);
  }

  timelineOf(screeningId: string): Timeline {
    const known = this.timelines.get(screeningId) ?? new Timeline();
    this.timelines.set(screeningId, known);
    return known;
  }

  /** Sends nothing more and waits for what is under way. Idempotent. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
  }

  private sendWhatIsDue(): void {
    const due = Math.floor(((performance.now() - this.startedMs) / 1000) * this.plan.rate);
    for (; this.due < due; this.due += 1) {
      const seller = this.sellers[this.due % this.sellers.length];
      if (seller !== undefined) this.send(seller);
    }
  }

  private send(seller: Seller): void {
    const step = this.underWay.size < this.plan.underWayMax ? seller.next() : undefined;
    if (step === undefined) {
      this.tally.skipped += 1;
      return;
    }
    this.tally.sent += 1;
    const sentMs = wallMs();
    const sending = this.client.call(step.path, step.request).then((answer) => {
      this.underWay.delete(sending);
      this.take(seller.screeningId, step.path, sentMs, step.settle(answer));
    });
    this.underWay.add(sending);
  }

  private take(screeningId: string, path: string, sentMs: number, outcome: Outcome): void {
    this.tally[outcome.kind] += 1;
    const answeredMs = wallMs();
    if (outcome.kind === 'done' || outcome.kind === 'refused') {
      this.timelineOf(screeningId).record({ sentMs, answeredMs, isOk: outcome.kind === 'done' });
      return;
    }
    const what = outcome.kind === 'failed' ? `status ${String(outcome.status)}` : outcome.what;
    if (this.incidents.length < INCIDENTS_KEPT)
      this.incidents.push({ sentMs, tookMs: answeredMs - sentMs, screeningId, path, what });
  }
}

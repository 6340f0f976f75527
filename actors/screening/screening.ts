import type { ScreeningAnswer, SeatStates } from './answers.js';
import { decodeTurn, encodeTurn } from './codec.js';
import type { DecisionContext, GetSeatStates, ScreeningCommand } from './commands.js';
import { answerRecorded, decide, type ScreeningRules } from './decide.js';
import type { EventPosition, ScreeningEvent } from './events.js';
import { evolve, ImpossibleEvent } from './evolve.js';
import { expireDueHolds } from './expiry.js';
import { assertConsistent, assertCounts } from './invariants.js';
import type { ScreeningProjection } from './projection.js';
import { ProjectionFold } from './projection-fold.js';
import type { SeatLayout } from './seat-layout.js';
import { decodeSnapshot, encodeSnapshot } from './snapshot-codec.js';
import { initialState, nextExpiryMs, type ScreeningState } from './state.js';
import { seatMapChange, seatsTouched, type SeatMapChange } from './turn-changes.js';

/** What a turn did, to be made durable before anyone hears of it. */
export interface ScreeningTurn {
  readonly revision: number;
  readonly events: Uint8Array;
  readonly eventCount: number;
  readonly projection: ScreeningProjection | undefined;
  readonly change: SeatMapChange;
}

interface OpenTurn {
  readonly at: EventPosition;
  readonly events: ScreeningEvent[];
  /** Seats the events set; one may come more than once. */
  readonly touched: number[];
  readonly fold: ProjectionFold;
  readonly asked: AskedMap[];
}

/** A seat map that was asked for. A revision is a whole turn, so the answer is filled in when the turn ends. */
interface AskedMap {
  readonly knownRevision: number | undefined;
  readonly seatStates: { -readonly [Key in keyof SeatStates]: SeatStates[Key] };
}

/**
 * A screening and its working state, one turn at a time:
 * beginTurn, handle (any number), endTurn. What endTurn gives must be committed; if
 * it is not, this object is ahead of the journal and must be thrown away.
 */
export class Screening {
  private state: ScreeningState;
  private turn: OpenTurn | undefined;

  /** @param seed any 32 bits that callers cannot know (TextMap says why); decides nothing that anybody sees */
  constructor(
    private readonly layout: SeatLayout,
    private readonly rules: ScreeningRules,
    private readonly seed: number,
  ) {
    this.state = initialState(layout, seed);
  }

  get revision(): number {
    return this.state.revision;
  }

  /** When it next has to act without being asked, ms since 1970; null for never. */
  get wakeAtMs(): number | null {
    return nextExpiryMs(this.state) ?? null;
  }

  /** How much there is to snapshot: a snapshot costs about this many events. */
  get weight(): number {
    return this.state.holds.size + this.state.bookings.size + this.state.requests.size;
  }

  /** Opens a turn at `nowMs` (or at the last turn's time, if the clock went back) and lets dead holds go. */
  beginTurn(nowMs: number): void {
    const timeMs = Math.max(nowMs, this.state.timeMs);
    this.turn = {
      at: { revision: this.state.revision + 1, timeMs },
      events: [],
      touched: [],
      fold: new ProjectionFold(this.state, timeMs),
      asked: [],
    };
    for (const event of expireDueHolds(this.state, timeMs)) this.apply(this.turn, event);
  }

  /** The answer, to be read once the turn has ended and given only once it is committed. */
  handle(command: ScreeningCommand, freshToken: string): ScreeningAnswer {
    const turn = this.openTurn();
    if (command.kind === 'get-seat-states') return this.seatStatesAtEnd(turn, command);
    const context: DecisionContext = { nowMs: turn.at.timeMs, freshToken };
    const decision = decide(this.state, command, context, this.rules);
    if (decision.kind === 'answer') return decision.answer;
    for (const event of decision.events) this.apply(turn, event);
    if (!('requestId' in command)) throw new RangeError(`${command.kind} must not cause events`);
    return answerRecorded(this.state, command);
  }

  /** Undefined when nothing happened: there is nothing to commit. */
  endTurn(): ScreeningTurn | undefined {
    const turn = this.openTurn();
    this.turn = undefined;
    for (const asked of turn.asked) this.show(asked);
    if (turn.events.length === 0) return undefined;
    assertCounts(this.state);
    return {
      revision: turn.at.revision,
      events: encodeTurn(turn.at.timeMs, turn.events),
      eventCount: turn.events.length,
      projection: turn.fold.result(),
      change: seatMapChange(this.state, turn.touched, turn.fold.buyers()),
    };
  }

  /** The state between turns, as it is now, in parts to be put together; they may be asked for later. */
  snapshot(): Iterable<Uint8Array> {
    return encodeSnapshot(this.state);
  }

  /** Starts from a snapshot. @throws UnreadableJournal */
  restore(bytes: Uint8Array): void {
    this.state = decodeSnapshot(this.layout, bytes, this.seed);
  }

  /** Applies one journal row. @throws UnreadableJournal, ImpossibleEvent */
  replay(revision: number, bytes: Uint8Array): void {
    if (revision !== this.state.revision + 1) {
      throw new ImpossibleEvent(`revision ${String(revision)} after ${String(this.state.revision)}`);
    }
    const { timeMs, events } = decodeTurn(bytes);
    const at = { revision, timeMs };
    for (const event of events) evolve(this.state, event, at);
  }

  /** After the last replay. @throws InvariantBroken */
  recovered(): void {
    assertConsistent(this.state);
  }

  private seatStatesAtEnd(turn: OpenTurn, { knownRevision }: GetSeatStates): ScreeningAnswer {
    const { revision, timeMs, counts } = this.state;
    const seatStates = { revision, timeMs, states: undefined, counts };
    turn.asked.push({ knownRevision, seatStates });
    return { kind: 'seat-states', seatStates };
  }

  private show({ knownRevision, seatStates }: AskedMap): void {
    const { revision, timeMs, seats, counts } = this.state;
    seatStates.revision = revision;
    seatStates.timeMs = timeMs;
    seatStates.states = knownRevision === revision ? undefined : seats.slice();
    seatStates.counts = { ...counts };
  }

  private openTurn(): OpenTurn {
    if (this.turn === undefined) throw new RangeError('no turn is open');
    return this.turn;
  }

  private apply(turn: OpenTurn, event: ScreeningEvent): void {
    for (const seat of seatsTouched(event)) turn.touched.push(seat);
    turn.fold.before(event);
    evolve(this.state, event, turn.at);
    turn.events.push(event);
  }
}

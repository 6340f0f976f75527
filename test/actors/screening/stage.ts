import { expect } from 'chai';
import type { ScreeningAnswer } from '../../../actors/screening/answers.js';
import { encodeTurn } from '../../../actors/screening/codec.js';
import type { ScreeningCommand } from '../../../actors/screening/commands.js';
import type { ScreeningRules } from '../../../actors/screening/decide.js';
import type { Terms } from '../../../actors/screening/projection.js';
import type { Refusal } from '../../../actors/screening/refusals.js';
import { Screening, type ScreeningTurn } from '../../../actors/screening/screening.js';
import { seatLayout, type SeatLayout } from '../../../actors/screening/seat-layout.js';
import { ask } from './ask.js';
import { snapshotOf } from './snapshot-of.js';

export const openingMs = Date.UTC(2031, 4, 1, 12);

export const terms: Terms = {
  title: 'The Night Usher',
  startsAtMs: openingMs + 8 * 3_600_000,
  salesOpenAtMs: openingMs,
  salesCloseAtMs: openingMs + 8 * 3_600_000,
  maxSeatsPerRequest: 4,
  maxSeatsPerBuyer: 6,
  holdTtlMs: 60_000,
  holdLifetimeMaxMs: 180_000,
};

export const rules: ScreeningRules = { staffSeatsPerRequest: 8, rememberedRequests: 100_000 };

export interface StageOptions {
  readonly seatIds?: readonly string[];
  /** Layout indexes. */
  readonly blockedSeats?: readonly number[];
  readonly terms?: Partial<Terms>;
  readonly rules?: Partial<ScreeningRules>;
}

/**
 * A screening with its journal, as the runtime would drive it: one turn at a time,
 * every turn with events kept. Fresh tokens are t1, t2, ...
 */
export class Stage {
  readonly layout: SeatLayout;
  readonly rules: ScreeningRules;
  readonly screening: Screening;
  readonly journal: { readonly revision: number; readonly events: Uint8Array }[] = [];
  readonly turns: ScreeningTurn[] = [];
  nowMs = openingMs;
  private tokens = 0;

  constructor(options: StageOptions = {}) {
    this.layout = seatLayout(options.seatIds ?? ['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3', 'B4']);
    this.rules = { ...rules, ...options.rules };
    this.screening = this.empty();
    const created = encodeTurn(openingMs - 3_600_000, [
      { kind: 'screening-created', terms: { ...terms, ...options.terms }, blockedSeats: options.blockedSeats ?? [] },
    ]);
    this.journal.push({ revision: 1, events: created });
    this.screening.replay(1, created);
  }

  /** What happened before: every one of the commands must succeed. Each is a turn of its own. */
  given(...commands: readonly ScreeningCommand[]): this {
    for (const command of commands) {
      const answer = this.when(command);
      if (answer.kind === 'refused') throw new Error(`given ${command.kind} was refused: ${answer.refusal.kind}`);
    }
    return this;
  }

  after(elapsedMs: number): this {
    this.nowMs += elapsedMs;
    return this;
  }

  /** The answer to a command in a turn of its own. */
  when(command: ScreeningCommand): ScreeningAnswer {
    const [answer] = this.turn([command]);
    if (answer === undefined) throw new Error('a command without an answer');
    return answer;
  }

  turn(commands: readonly ScreeningCommand[]): readonly ScreeningAnswer[] {
    this.screening.beginTurn(this.nowMs);
    const answers = commands.map((command) => this.screening.handle(command, `t${++this.tokens}`));
    const turn = this.screening.endTurn();
    if (turn !== undefined) {
      this.turns.push(turn);
      this.journal.push({ revision: turn.revision, events: turn.events });
    }
    this.screening.recovered();
    return answers;
  }

  /** Refused for this reason, and nothing changed. */
  refuses(command: ScreeningCommand, refusal: Refusal): void {
    const before = snapshotOf(this.screening);
    expect(this.when(command)).to.deep.equal({ kind: 'refused', refusal });
    expect(Buffer.compare(snapshotOf(this.screening), before), 'state after a refusal').to.equal(0);
  }

  /** One letter per seat in plan order: Free, Held, booKed, Blocked as F, H, K, X. */
  seats(): string {
    const answer = this.when(ask.seatStates());
    if (answer.kind !== 'seat-states' || answer.seatStates.states === undefined) throw new Error(answer.kind);
    return [...answer.seatStates.states].map((state) => '?FHKX'.charAt(state)).join('');
  }

  empty(): Screening {
    return new Screening(this.layout, this.rules, 1);
  }

  /** Another screening brought up from the journal alone. */
  replayed(): Screening {
    const screening = this.empty();
    for (const { revision, events } of this.journal) screening.replay(revision, events);
    screening.recovered();
    return screening;
  }

  /** Another screening brought up from a snapshot of this one. */
  restored(): Screening {
    const screening = this.empty();
    screening.restore(snapshotOf(this.screening));
    screening.recovered();
    return screening;
  }
}

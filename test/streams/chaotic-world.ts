import { expect } from 'chai';
import type { SeatState } from '../../actors/screening/seat-state.js';
import type { SeatMapChange } from '../../actors/screening/turn-changes.js';
import type { Bus, OwnerNotice } from '../../src/runtime/index.js';
import { StreamHub, type OwnerState, type SeatFrame, type SeatStream } from '../../src/streams/index.js';
import { manualClock, type ManualClock } from '../runtime/manual-clock.js';
import { change, counts, layout, states, timeOf } from './stage.js';

type Notice = OwnerNotice<SeatMapChange>;

/** What was committed, revision by revision, and who has owned the screening when. */
class Journal {
  readonly maps = new Map<number, Uint8Array>([[1, states()]]);
  revision = 1;
  /** Where each owner is, by epoch; all but the last are fenced and stay there. */
  readonly owners = [1];

  get epoch(): number {
    return this.owners.length;
  }

  map(revision: number): Uint8Array {
    const map = this.maps.get(revision);
    if (map === undefined) throw new Error(`revision ${String(revision)} was never committed`);
    return map;
  }

  turn(seats: Readonly<Record<number, SeatState>>): Notice {
    const map = this.map(this.revision).slice();
    for (const [seat, state] of Object.entries(seats)) map[Number(seat)] = state;
    this.revision += 1;
    this.maps.set(this.revision, map);
    this.owners[this.epoch - 1] = this.revision;
    const { epoch, revision } = this;
    return { epoch, revision, change: { ...change(revision, seats), counts: counts(map) } };
  }

  takeOver(): Notice {
    this.owners.push(this.revision);
    return { epoch: this.epoch, revision: this.revision, change: undefined };
  }

  /** What the owner of an epoch answers. */
  answer(epoch: number, knownRevision: number | undefined): OwnerState {
    const revision = this.owners[epoch - 1] ?? 0;
    const map = this.map(revision);
    const timeMs = timeOf(revision);
    return {
      epoch,
      revision,
      timeMs,
      states: knownRevision === revision ? undefined : map.slice(),
      counts: counts(map),
    };
  }
}

function pick<Element>(list: readonly Element[], index: number): Element | undefined {
  return list[index % Math.max(1, list.length)];
}

interface Question {
  readonly knownRevision: number | undefined;
  readonly answer: (state: OwnerState) => void;
  readonly fail: () => void;
  /** Made, but on its way. */
  made?: OwnerState;
}

/** One node: its hub, what the bus still has for it, and what it has asked. */
class StreamNode {
  readonly hub: StreamHub;
  readonly underWay: Notice[] = [];
  readonly questions: Question[] = [];
  private receive: ((notice: Notice) => void) | undefined;
  private listening: (() => void) | undefined;
  hears = false;

  constructor(clock: ManualClock) {
    const bus: Bus<Notice> = {
      publish: () => undefined,
      subscribe: (_topic, receive, listening) => {
        this.receive = receive;
        this.listening = listening;
        if (this.hears) listening?.();
        return () => (this.receive = this.listening = undefined);
      },
    };
    this.hub = new StreamHub(
      {
        bus,
        clock,
        loadLayout: () => Promise.resolve(layout),
        askOwner: (_id, knownRevision, deadlineMs) => this.ask(clock, knownRevision, deadlineMs),
        isStale: () => false,
        full: () => new Error('full'),
        late: () => new Error('late'),
      },
      {
        frameIntervalMs: 50,
        progressIntervalMs: 300,
        ownerRetryMs: 20,
        busAwayPollMs: 70,
        resumeFrames: 3,
        resumeSeatChanges: 20,
        replicasMax: 1,
        replicaIdleMs: 1_000,
      },
    );
  }

  hear(hears: boolean): void {
    this.hears = hears;
    if (hears) this.listening?.();
  }

  deliver(notice: Notice): void {
    if (this.hears) this.receive?.(notice);
  }

  private ask(clock: ManualClock, knownRevision: number | undefined, deadlineMs: number): Promise<OwnerState> {
    return new Promise((resolve, reject) => {
      const timer = clock.after(deadlineMs - clock.now(), () => {
        question.fail();
      });
      const settled = (): void => {
        timer.cancel();
        const index = this.questions.indexOf(question);
        if (index >= 0) this.questions.splice(index, 1);
      };
      const question: Question = {
        knownRevision,
        answer: (state) => {
          settled();
          resolve(state);
        },
        fail: () => {
          settled();
          reject(new Error('the owner does not answer'));
        },
      };
      this.questions.push(question);
    });
  }
}

/** Somebody who looks at the map, and checks every frame against the rule and the journal. */
class Viewer {
  private map: Uint8Array | undefined;
  private at = { epoch: 0, revision: 0 };
  private token: string | undefined;
  private wasReset = false;
  private visit = 0;
  private stream: SeatStream | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly violated: (violation: unknown) => void,
  ) {}

  get position(): { readonly epoch: number; readonly revision: number } | undefined {
    return this.stream === undefined ? undefined : this.at;
  }

  /** As both wires do it: open, reach, what comes first, then frames. */
  async visitNode({ hub }: StreamNode, clock: ManualClock): Promise<void> {
    this.leave();
    const { visit, token } = this;
    const deadlineMs = clock.now() + 1_000;
    const stream = await hub.open('s', deadlineMs).catch(() => undefined);
    if (stream === undefined) return;
    const reached = await stream.reach(token, deadlineMs).then(
      () => true,
      () => false,
    );
    if (!reached || visit !== this.visit) {
      stream.release();
      return;
    }
    this.stream = stream;
    for (const frame of stream.opening(token)) this.look(stream, frame);
    stream.onFrame((frame) => {
      this.look(stream, frame);
    });
  }

  /** Keeps its token. */
  leave(): void {
    this.visit += 1;
    this.stream?.release();
    this.stream = undefined;
  }

  private look(stream: SeatStream, frame: SeatFrame): void {
    try {
      this.see(stream, frame);
    } catch (violation) {
      this.violated(violation);
    }
  }

  private see(stream: SeatStream, frame: SeatFrame): void {
    switch (frame.kind) {
      case 'reset':
        expect(frame.reason, 'every token was given by a node').to.equal('COMPACTED');
        this.wasReset = true;
        return;
      case 'snapshot':
        expect(this.map === undefined || this.wasReset, 'a snapshot only first and after a reset').to.equal(true);
        this.map = frame.view.states.slice();
        this.moveTo(stream, frame.view);
        return;
      case 'delta': {
        expect(frame.previousRevision, 'nothing is missing before a delta').to.be.at.most(this.at.revision);
        const map = this.map?.slice() ?? new Uint8Array();
        frame.seats.forEach((seat, index) => (map[seat] = frame.states[index] ?? 0));
        this.map = map;
        this.moveTo(stream, frame);
        expect(frame.counts).to.deep.equal(counts(map));
        return;
      }
      case 'progress':
        expect(frame.revision, 'progress says where the viewer is').to.equal(this.at.revision);
        this.moveTo(stream, frame);
    }
  }

  private moveTo(stream: SeatStream, { epoch, revision }: { readonly epoch: number; readonly revision: number }): void {
    expect(this.wasReset && this.map === undefined).to.equal(false);
    expect(epoch, 'the epoch never goes back').to.be.at.least(this.at.epoch);
    expect(revision, 'the revision never goes back').to.be.at.least(this.at.revision);
    expect([...(this.map ?? [])], `the map at ${String(revision)}`).to.deep.equal([...this.journal.map(revision)]);
    this.wasReset = false;
    this.at = { epoch, revision };
    this.token = stream.resumeToken(this.at);
  }
}

/** Numbers name an element of what there is, whatever the number. */
export type Step =
  | { readonly kind: 'turn'; readonly seats: Readonly<Record<string, SeatState>> }
  | { readonly kind: 'take over' }
  | {
      readonly kind: 'deliver next' | 'deliver' | 'repeat' | 'lose' | 'hear' | 'deafen';
      readonly node: number;
      readonly which: number;
    }
  | { readonly kind: 'answer' | 'make answer' | 'fail'; readonly node: number; readonly which: number }
  | {
      readonly kind: 'answer as former owner';
      readonly node: number;
      readonly which: number;
      readonly epochsAgo: number;
    }
  | { readonly kind: 'visit'; readonly viewer: number; readonly node: number }
  | { readonly kind: 'leave'; readonly viewer: number };

/** One screening, two nodes that show it, and a bus and owners that do what they like. */
export class ChaoticWorld {
  readonly clock = manualClock();
  readonly journal = new Journal();
  readonly nodes = [new StreamNode(this.clock), new StreamNode(this.clock)] as const;
  private readonly violations: unknown[] = [];
  readonly viewers = [1, 2, 3].map(() => new Viewer(this.journal, (violation) => this.violations.push(violation)));

  act(step: Step): void {
    switch (step.kind) {
      case 'turn':
        this.tell(this.journal.turn(step.seats));
        return;
      case 'take over':
        this.tell(this.journal.takeOver());
        return;
      case 'hear':
      case 'deafen':
        pick(this.nodes, step.node)?.hear(step.kind === 'hear');
        return;
      case 'deliver next':
      case 'deliver':
      case 'repeat':
      case 'lose':
        this.actOnBus(step.kind, step.node, step.which);
        return;
      case 'answer':
      case 'make answer':
      case 'fail':
        this.actOnQuestion(step.kind, step.node, step.which, 0);
        return;
      case 'answer as former owner':
        this.actOnQuestion('answer', step.node, step.which, step.epochsAgo);
        return;
      case 'visit': {
        const node = pick(this.nodes, step.node);
        if (node !== undefined) void pick(this.viewers, step.viewer)?.visitNode(node, this.clock);
        return;
      }
      case 'leave':
        pick(this.viewers, step.viewer)?.leave();
    }
  }

  private actOnBus(what: 'deliver next' | 'deliver' | 'repeat' | 'lose', nodeIndex: number, which: number): void {
    const node = pick(this.nodes, nodeIndex);
    const notice = what === 'deliver next' ? node?.underWay[0] : pick(node?.underWay ?? [], which);
    if (node === undefined || notice === undefined) return;
    if (what !== 'repeat') node.underWay.splice(node.underWay.indexOf(notice), 1);
    if (what !== 'lose') node.deliver(notice);
  }

  private actOnQuestion(what: 'answer' | 'make answer' | 'fail', nodeIndex: number, which: number, ago: number): void {
    const question = pick(pick(this.nodes, nodeIndex)?.questions ?? [], which);
    if (question === undefined) return;
    const epoch = Math.max(1, this.journal.epoch - ago);
    const made = question.made ?? this.journal.answer(epoch, question.knownRevision);
    if (what === 'fail') question.fail();
    else if (what === 'answer') question.answer(made);
    else question.made = made;
  }

  private tell(notice: Notice): void {
    for (const { underWay } of this.nodes) underWay.push(notice);
  }

  /** Everything works from now on: what is under way arrives, questions are answered, time passes. */
  async heal(): Promise<void> {
    for (const node of this.nodes) {
      node.hear(true);
      for (const notice of node.underWay.splice(0).reverse()) node.deliver(notice);
    }
    for (let round = 0; round < 80; round += 1) {
      for (const node of this.nodes)
        for (const question of [...node.questions])
          question.answer(question.made ?? this.journal.answer(this.journal.epoch, question.knownRevision));
      await this.clock.pass(20);
    }
  }

  /** Nobody was shown what they must not be, and every replica and every viewer is where the owner is. */
  expectHealed(): void {
    if (this.violations.length > 0) throw this.violations[0];
    const { epoch, revision } = this.journal;
    for (const { hub } of this.nodes) {
      const replica = hub.peek('s');
      if (replica === undefined) continue;
      expect(replica.view).to.deep.include({ epoch, revision, stale: false });
      expect([...replica.view.states]).to.deep.equal([...this.journal.map(revision)]);
    }
    for (const { position } of this.viewers)
      if (position !== undefined) expect(position).to.deep.equal({ epoch, revision });
  }

  close(): void {
    for (const viewer of this.viewers) viewer.leave();
    for (const { hub } of this.nodes) hub.close();
  }
}

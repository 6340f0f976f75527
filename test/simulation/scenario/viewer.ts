import { SeatState } from '../../../actors/screening/seat-state.js';
import type { SeatFrame, SeatStream } from '../../../src/streams/index.js';
import type { Safety } from '../checks/safety.js';
import { must } from '../checks/violation.js';
import { Host } from '../kernel/host.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Prng } from '../../support/prng.js';
import type { Network } from '../world/network.js';
import type { SimulatedNode } from '../world/simulated-node.js';

/** How long a viewer waits for its stream to open, ms. */
const OPEN_TIMEOUT_MS = 4_000;

/** A frame with all it names, and where to go on from after it. */
interface Sent {
  readonly frame: SeatFrame;
  readonly resumeToken: string | undefined;
}

/**
 * Somebody who looks at a seat map: opens a stream on a node, applies what comes, loses
 * the connection, and goes on elsewhere with the token it had. What it sees must be what
 * the journal made of the revision it is at.
 */
export class Viewer {
  readonly host: Host;
  /** Undefined while it has seen nothing. */
  revision: number | undefined;
  epoch = 0;
  private readonly states: Uint8Array;
  private token: string | undefined;
  private expectsSnapshot = true;
  /** Of the connection it has; frames of earlier ones come to nobody. */
  private connection = 0;
  private hangUp: (() => void) | undefined;

  constructor(
    id: string,
    readonly screeningId: string,
    seats: number,
    private readonly kernel: Kernel,
    private readonly network: Network,
    private readonly safety: Safety,
    private readonly nodes: readonly SimulatedNode[],
    private readonly chance: Prng,
  ) {
    this.host = new Host(id);
    this.host.start();
    this.states = new Uint8Array(seats).fill(SeatState.Free);
  }

  /** Watches, with pauses, until `isOver`. */
  async live(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const cut = this.watch(this.chance.pick(this.nodes));
      const staysMs = this.chance.exponential(3_000);
      await Promise.race([cut, this.kernel.pass(staysMs)]);
      if (isOver()) return;
      if (this.chance.chance(0.5)) this.hangUp?.();
      await this.kernel.pass(this.chance.exponential(200));
    }
  }

  /** Comes back whenever the connection is lost, until `isOver`. */
  async stay(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.watch(this.chance.pick(this.nodes));
      await this.kernel.pass(200);
    }
  }

  /** Resolves when the connection is lost. */
  private watch(node: SimulatedNode): Promise<void> {
    this.hangUp?.();
    const connection = (this.connection += 1);
    this.kernel.trace.note(this.host.id, `turns to ${node.id}`);
    const { boot } = node.host;
    this.expectsSnapshot = this.token === undefined;
    return new Promise((lost) => {
      const arrivesInOrder = this.pipe(node.host, connection, lost);
      const forgetCrash = node.host.onCrash(lost);
      this.hangUp = () => {
        forgetCrash();
        // The node notices sooner or later, whatever the network does.
        if (node.host.boot === boot) this.kernel.schedule(node.host, this.network.latencyMs(), () => stream?.release());
        lost();
      };
      let stream: SeatStream | undefined;
      this.network.send(this.host, node.host, () => {
        const { running } = node;
        if (running === undefined) {
          lost();
          return;
        }
        const { streams } = running.screenings;
        const deadlineMs = running.clock.now() + OPEN_TIMEOUT_MS;
        const open = async (): Promise<SeatStream> => {
          const opened = await streams.open(this.screeningId, deadlineMs);
          stream = opened;
          await opened.reach(this.token, deadlineMs);
          return opened;
        };
        running.door.serve(open).then((opened) => {
          if (opened === undefined) {
            lost();
            return;
          }
          if (connection !== this.connection) {
            opened.release();
            return;
          }
          this.kernel.trace.note(node.id, `${this.host.id} watches ${this.screeningId} from ${String(this.revision)}`);
          const tell = (frame: SeatFrame): void => {
            this.safety.framed(this.screeningId, frame, node.id);
            arrivesInOrder(sent(opened, frame));
          };
          for (const frame of opened.opening(this.token)) tell(frame);
          opened.onFrame(tell);
        }, lost);
      });
    });
  }

  /** A connection: frames arrive in the order they were sent, or it breaks. */
  private pipe(from: Host, connection: number, lost: () => void): (sent: Sent) => void {
    let lastMs = 0;
    let broken = false;
    return (frame) => {
      if (broken) return;
      if (this.network.loses() || this.network.isCut(from, this.host)) {
        broken = true;
        this.kernel.schedule(this.host, 300, lost);
        return;
      }
      lastMs = Math.max(lastMs, this.kernel.nowMs + this.network.latencyMs());
      this.kernel.schedule(this.host, lastMs - this.kernel.nowMs, () => {
        if (connection === this.connection) this.see(frame);
      });
    };
  }

  private see({ frame, resumeToken }: Sent): void {
    this.kernel.trace.note(this.host.id, `sees ${frameText(frame)}`);
    this.safety.holds(() => {
      this.apply(frame);
    }, `${this.host.id} watching ${this.screeningId}: `);
    if (resumeToken !== undefined) this.token = resumeToken;
    if (this.revision === undefined || frame.kind === 'reset') return;
    const { screeningId, epoch, revision, states } = this;
    this.safety.shown({ screeningId, epoch, revision, states }, this.host.id);
  }

  private apply(frame: SeatFrame): void {
    switch (frame.kind) {
      case 'reset':
        this.expectsSnapshot = true;
        return;
      case 'snapshot':
        must(this.expectsSnapshot, () => 'a snapshot without a reset');
        this.states.set(frame.view.states);
        this.revision = frame.view.revision;
        this.epoch = frame.view.epoch;
        this.expectsSnapshot = false;
        return;
      case 'delta': {
        const at = this.revision;
        must(at !== undefined && !this.expectsSnapshot, () => 'a delta before the snapshot');
        must(
          at >= frame.previousRevision,
          () => `a delta from r${String(frame.previousRevision)} for a viewer at r${String(at)}`,
        );
        must(frame.epoch >= this.epoch, () => `epoch ${String(frame.epoch)} after ${String(this.epoch)}`);
        must(frame.revision >= at, () => `a delta to r${String(frame.revision)} for a viewer at r${String(at)}`);
        frame.seats.forEach((seat, index) => {
          this.states[seat] = frame.states[index] ?? 0;
        });
        this.revision = frame.revision;
        this.epoch = frame.epoch;
        return;
      }
      case 'progress':
        must(!this.expectsSnapshot, () => 'progress before the snapshot');
        must(
          frame.revision <= (this.revision ?? 0),
          () => `progress says r${String(frame.revision)} to a viewer at r${String(this.revision)}`,
        );
        this.epoch = Math.max(this.epoch, frame.epoch);
        return;
    }
  }
}

/** As bytes on the wire: what the node changes later does not change it. */
function sent(stream: SeatStream, frame: SeatFrame): Sent {
  switch (frame.kind) {
    case 'snapshot': {
      const view = { ...frame.view, states: frame.view.states.slice(), counts: { ...frame.view.counts } };
      return { frame: { kind: 'snapshot', view }, resumeToken: stream.resumeToken(view) };
    }
    case 'delta':
      return { frame, resumeToken: stream.resumeToken(frame) };
    case 'progress':
      return { frame, resumeToken: stream.resumeToken(frame) };
    case 'reset':
      return { frame, resumeToken: undefined };
  }
}

function frameText(frame: SeatFrame): string {
  switch (frame.kind) {
    case 'snapshot':
      return `a snapshot at r${String(frame.view.revision)} epoch ${String(frame.view.epoch)}`;
    case 'delta':
      return `r${String(frame.previousRevision)} to r${String(frame.revision)} epoch ${String(frame.epoch)}: ${frame.seats.join(' ')} = ${frame.states.join(' ')}`;
    case 'progress':
      return `progress r${String(frame.revision)}`;
    case 'reset':
      return `a reset: ${frame.reason}`;
  }
}

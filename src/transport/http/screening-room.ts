import type { SeatFrame, SeatStream } from '../../streams/index.js';
import type { HttpProbe } from './options.js';
import { FrameRenderer, type RenderedFrame } from './seat-frames.js';
import type { Viewer } from './viewer.js';

export interface RoomParts {
  /** Unsent bytes from which on a viewer is slow. */
  readonly slowViewerBytes: number;
  readonly now: () => number;
  readonly publish: (topic: string, text: string) => void;
  readonly probe: HttpProbe;
}

/**
 * The viewers of one screening on this node. One listener on the stream renders each
 * frame once and publishes it to all of them through a topic.
 *
 * A viewer that does not keep up leaves the topic before it could miss a frame, and
 * comes back with a reset and a snapshot when it has read what it had; it is never
 * skipped silently, and never has more unsent than slowViewerBytes, one turn's frames
 * and a snapshot.
 */
export class ScreeningRoom {
  private readonly members = new Set<Viewer>();
  private readonly topic: string;
  private readonly renderer: FrameRenderer;
  private readonly stopListening: () => void;

  constructor(
    private readonly stream: SeatStream,
    private readonly parts: RoomParts,
  ) {
    this.topic = `screening/${stream.screeningId}`;
    this.renderer = new FrameRenderer(stream, parts.now);
    this.stopListening = stream.onFrame((frame) => this.publish(frame));
  }

  get viewers(): number {
    return this.members.size;
  }

  /** To be awaited before `admit` with the same token. Rejects as SeatStream.reach does. */
  reach(resumeToken: string | undefined, deadlineMs: number): Promise<void> {
    return this.stream.reach(resumeToken, deadlineMs);
  }

  /** Sends a viewer what it is to see first and everything after it. */
  admit(viewer: Viewer, resumeToken: string | undefined): void {
    this.members.add(viewer);
    // No await from here to subscribe: a frame in between would be missed.
    for (const frame of this.stream.opening(resumeToken)) {
      this.deliver(viewer, this.renderer.render(frame));
      if (viewer.isBehind) return;
    }
    viewer.subscribe(this.topic);
  }

  /** The viewer has read something. */
  drained(viewer: Viewer): void {
    if (!viewer.isBehind || !this.members.has(viewer) || viewer.unsentBytes > 0) return;
    viewer.isBehind = false;
    this.deliver(viewer, this.renderer.reset('SLOW_READER'));
    this.deliver(viewer, this.renderer.snapshot(this.stream.view()));
    viewer.subscribe(this.topic);
  }

  leave(viewer: Viewer): void {
    this.members.delete(viewer);
  }

  /** Idempotent. */
  close(): void {
    this.stopListening();
    this.stream.release();
  }

  private publish(frame: SeatFrame): void {
    const receivers = this.setSlowViewersAside();
    if (receivers === 0) return;
    const rendered = this.renderer.render(frame);
    this.parts.publish(this.topic, rendered.text);
    this.parts.probe.framesSent(rendered.type, receivers, receivers * Buffer.byteLength(rendered.text));
  }

  /** Counts the others. Costs one native call per viewer and frame: a fraction of sending it. */
  private setSlowViewersAside(): number {
    let keepingUp = 0;
    for (const viewer of this.members) {
      if (viewer.isBehind) continue;
      if (viewer.unsentBytes > this.parts.slowViewerBytes) this.setAside(viewer);
      else keepingUp += 1;
    }
    return keepingUp;
  }

  private deliver(viewer: Viewer, frame: RenderedFrame): void {
    if (viewer.unsentBytes > this.parts.slowViewerBytes) {
      this.setAside(viewer);
      return;
    }
    viewer.send(frame);
    this.parts.probe.framesSent(frame.type, 1, Buffer.byteLength(frame.text));
  }

  private setAside(viewer: Viewer): void {
    viewer.isBehind = true;
    viewer.unsubscribe(this.topic);
    this.parts.probe.viewerFellBehind();
  }
}

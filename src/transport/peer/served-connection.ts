import type { ServerHttp2Session, ServerHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Timer } from '../../runtime/index.js';
import { sentenceOf } from './error-sentence.js';
import { Heartbeat, pingOf } from './heartbeat.js';
import { LINK_PATH, LINK_WINDOW_BYTES, linkResponseHeaders, LinkStatus, statusTrailers } from './link-protocol.js';
import { ServedLink, type ServedLinkOptions } from './served-link.js';

/** A connection of a peer: one link, or nothing for long. */
export class ServedConnection {
  private link: ServedLink | undefined;
  private hasLinked = false;
  private readonly heartbeat: Heartbeat;
  /** Until the peer has said hello, and again from the end of its link to that of the connection. */
  private patience: Timer;

  /**
   * @param address of the peer, for logs
   * @param closed called once, when the connection is gone
   */
  constructor(
    private readonly session: ServerHttp2Session,
    private readonly address: string,
    private readonly options: ServedLinkOptions,
    private readonly closed: () => void,
  ) {
    const { clock, limits } = options;
    session.setLocalWindowSize(LINK_WINDOW_BYTES);
    this.patience = clock.after(limits.peerConnectTimeoutMs, () => {
      this.complain(`did not say who it is for ${String(limits.peerConnectTimeoutMs)} ms`);
      this.cut();
    });
    this.heartbeat = new Heartbeat(clock, limits.peerSilenceMs, pingOf(session), () => {
      this.complain(`sent nothing for ${String(limits.peerSilenceMs)} ms`);
      this.cut();
    });
    session.on('stream', (stream, headers) => this.open(stream, headers));
    session.on('error', (error) => this.complain(`broke the connection: ${sentenceOf(error)}`));
    session.on('close', () => {
      this.patience.cancel();
      this.heartbeat.stop();
      this.closed();
    });
  }

  /** Ends the connection once what is under way is replied to. Idempotent. */
  stop(): void {
    if (this.hasLinked) this.link?.stop();
    else this.cut();
  }

  /** Ends it at once. Idempotent. */
  cut(): void {
    this.session.destroy();
  }

  /** The settings allow one stream at a time, and the connection closes after its link: there is no second. */
  private open(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const path = headers[':path'];
    if (path !== LINK_PATH) {
      this.complain(`called ${JSON.stringify(path)}`);
      stream.on('error', () => undefined);
      const trailers = statusTrailers(LinkStatus.UNIMPLEMENTED, `there is nothing here but ${LINK_PATH}`);
      stream.respond({ ...linkResponseHeaders, ...trailers }, { endStream: true });
      return;
    }
    stream.on('data', this.heartbeat.heard);
    this.link = new ServedLink(stream, this.address, this.options, {
      greeted: () => {
        this.hasLinked = true;
        this.patience.cancel();
      },
      ended: () => this.leave(),
    });
  }

  /** The link is over; the status may still be on its way. */
  private leave(): void {
    const { clock, limits } = this.options;
    this.patience.cancel();
    this.patience = clock.after(limits.peerConnectTimeoutMs, () => this.cut());
    // Waits for the stream to be done with.
    if (!this.session.destroyed) this.session.close();
  }

  private complain(what: string): void {
    this.options.log('warn', `whoever calls the peer port from ${this.address} ${what}`, { address: this.address });
  }
}

import type { Member } from '../../../../src/cluster/member.js';
import {
  PeerUnreachable,
  type PeerCall,
  type PeerLinks,
  type PeerReply,
  type ServePeer,
} from '../../../../src/cluster/ports.js';
import { systemClock, type Clock } from '../../../../src/runtime/index.js';
import {
  openPeerLinks,
  openPeerServer,
  type PeerLinksOptions,
  type PeerLog,
  type PeerServer,
  type PeerServerOptions,
} from '../../../../src/transport/peer/index.js';

const limits = {
  callsPerPeerMax: 1_000,
  bytesPerPeerMax: 1_048_576,
  peerBatchCallsMax: 100,
  peerConnectTimeoutMs: 2_000,
  peerReconnectMaxMs: 20,
  peerSilenceMs: 2_000,
  closeTimeoutMs: 500,
};

export type TestLimits = typeof limits;

/** What a test may say of a node; it has a name and a boot, is of cluster `test`, and plain text. */
export type TestNode<Options> = Partial<Omit<Options, 'limits' | 'log'>> & {
  readonly nodeId?: string;
  readonly bootId?: string;
  readonly limits?: Partial<TestLimits>;
};

/** Everything a node wrote to its log. */
export class LogBook {
  readonly lines: string[] = [];
  readonly write: PeerLog = (level, message, fields) => {
    this.lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };

  /** Lines with the text in them. */
  with(text: string): readonly string[] {
    return this.lines.filter((line) => line.includes(text));
  }
}

/** Opens real servers and links on this machine, and closes them when the test is over. */
export class Stage {
  private readonly closers: (() => Promise<unknown>)[] = [];

  async server(given: TestNode<PeerServerOptions> = {}): Promise<PeerServer & { readonly book: LogBook }> {
    const { nodeId = 'b', bootId = `${nodeId}-boot`, limits: others, ...rest } = given;
    const book = new LogBook();
    const server = await openPeerServer({
      host: '127.0.0.1',
      port: 0,
      identity: { nodeId, bootId },
      cluster: 'test',
      serve: echo,
      clock: systemClock,
      credentials: { tls: undefined },
      ...rest,
      limits: { ...limits, ...others },
      log: book.write,
    });
    this.onClose(() => server.close());
    return { ...server, book };
  }

  links(given: TestNode<PeerLinksOptions> = {}): PeerLinks & { readonly book: LogBook } {
    const { nodeId = 'a', bootId = `${nodeId}-boot`, limits: others, ...rest } = given;
    const book = new LogBook();
    const links = openPeerLinks({
      self: { nodeId, bootId },
      cluster: 'test',
      clock: systemClock,
      randomness: { fraction: () => 0.5 },
      credentials: { tls: undefined },
      ...rest,
      limits: { ...limits, ...others },
      log: book.write,
    });
    this.onClose(() => links.close());
    return { ...links, book };
  }

  /** Last opened, first closed. */
  onClose(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }
}

/** The record of a node whose peer port is `port`. */
export function memberAt(port: number, nodeId = 'b', bootId = `${nodeId}-boot`): Member {
  return {
    nodeId,
    bootId,
    zone: '',
    weight: 1,
    state: 'serving',
    peerAddress: `127.0.0.1:${String(port)}`,
    grpcAddress: '',
    httpAddress: '',
  };
}

/** A call with a text as its request, and ten seconds. */
export function callOf(text: string, given: Partial<PeerCall> = {}, clock: Pick<Clock, 'now'> = systemClock): PeerCall {
  return { method: 1, entityId: 'screening', request: Buffer.from(text), deadlineMs: clock.now() + 10_000, ...given };
}

/** Answers with the request. */
export const echo: ServePeer = (call) => Promise.resolve({ kind: 'answered', response: call.request });

/** Answers when it is told to. */
export class HeldServe {
  readonly calls: PeerCall[] = [];
  private readonly resolves: ((reply: PeerReply) => void)[] = [];

  readonly serve: ServePeer = (call) => {
    this.calls.push(call);
    return new Promise((resolve) => this.resolves.push(resolve));
  };

  /** What was asked, in the order it came. */
  get texts(): readonly string[] {
    return this.calls.map(({ request }) => Buffer.from(request).toString());
  }

  /** Answers one of the calls with its request. */
  answer(index: number): void {
    const request = this.calls[index]?.request;
    if (request === undefined) throw new Error(`there is no call ${String(index)}`);
    this.resolves[index]?.({ kind: 'answered', response: request });
  }

  answerAll(): void {
    for (const index of this.calls.keys()) this.answer(index);
  }
}

/** The text of an answer. */
export function textOf(reply: PeerReply): string {
  if (reply.kind !== 'answered') throw new Error(`expected an answer, got ${reply.kind}`);
  return Buffer.from(reply.response).toString();
}

/** How a call ended: its answer's text, or the kind of PeerUnreachable. */
export async function outcome(reply: Promise<PeerReply>): Promise<string> {
  try {
    return `answered ${textOf(await reply)}`;
  } catch (error) {
    if (error instanceof PeerUnreachable) return error.kind;
    throw error;
  }
}

/** The message of the PeerUnreachable a call must end with. */
export async function reasonOf(reply: Promise<PeerReply>): Promise<string> {
  try {
    throw new Error(`expected no reply, got ${JSON.stringify(await reply)}`);
  } catch (error) {
    if (error instanceof PeerUnreachable) return `${error.kind}: ${error.message}`;
    throw error;
  }
}

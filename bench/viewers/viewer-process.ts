/** A process full of viewers. argv[2]: what they speak. */
import { Ear, type Heard } from './heard.js';
import {
  FIRST_PORT,
  type Connect,
  type Expected,
  type FromViewers,
  type Protocol,
  type ToViewers,
} from './messages.js';
import { SeatState } from './seat-state.js';
import { Viewer, type Desk } from './viewer.js';

/** Connections under way at once: less than the queues of those who listen. */
const CONNECTING_MAX = 64;
const BUFFER_BYTES = 64 * 1024;
const FAULTS_TOLD = 5;

const protocol: Protocol = process.argv[2] === 'socket.io' ? 'socket.io' : 'plain';
const ear = new Ear(protocol);
const pool = new Map<string, SeatState>();
const viewers: Viewer[] = [];
const faults: string[] = [];
let latest: { readonly bytes: Buffer; readonly heard: Heard } | undefined;
/** Of each revision, how many viewers had it in which millisecond. */
const receipts = new Map<number, { left: number; readonly at: Map<number, number> }>();
let settle: (() => void) | undefined;

const desk: Desk = {
  buffer: Buffer.allocUnsafe(BUFFER_BYTES),
  hear: (text) => ear.hear(text),
  recall: (bytes, length) =>
    latest?.bytes.length === length && latest.bytes.compare(bytes, 0, length) === 0 ? latest.heard : undefined,
  remember(bytes, heard) {
    latest = { bytes, heard };
  },
  stateOf: ({ change }) => SeatState.of(change, pool),
  seated: () => settle?.(),
  moved(_viewer, revision) {
    const nowMs = Date.now();
    const receipt = receipts.get(revision) ?? { left: viewers.length, at: new Map<number, number>() };
    receipts.set(revision, receipt);
    receipt.at.set(nowMs, (receipt.at.get(nowMs) ?? 0) + 1);
    receipt.left -= 1;
    if (receipt.left > 0) return;
    receipts.delete(revision);
    tell({ kind: 'received', receipt: { revision, at: [...receipt.at] } });
  },
  failed(_viewer, why) {
    faults.push(why);
    settle?.();
  },
};

async function connectAll({ viewers: wanted, ports, path, localAddress }: Connect): Promise<void> {
  const total = viewers.length + wanted;
  let settled = 0;
  await new Promise<void>((resolve) => {
    const next = (): void => {
      const port = ports[viewers.length % ports.length];
      if (viewers.length >= total || port === undefined) return;
      const localPort = FIRST_PORT + viewers.length;
      viewers.push(new Viewer(desk, { port, path, localAddress, localPort }));
    };
    settle = () => {
      settled += 1;
      next();
      if (settled === wanted) resolve();
    };
    if (wanted === 0) resolve();
    for (let each = 0; each < CONNECTING_MAX; each += 1) next();
  });
  settle = undefined;
  tell({ kind: 'connected' });
}

function check({ revision, digest }: Expected): void {
  const right = viewers.filter(
    ({ state, hasFailed }) => !hasFailed && state?.revision === revision && state.digest === digest,
  ).length;
  if (right < viewers.length)
    faults.push(
      `${String(viewers.length - right)} viewers have not what the owner has at revision ${String(revision)}`,
    );
  const told = [...new Set(faults)].slice(0, FAULTS_TOLD);
  tell({ kind: 'checked', right, faults: told.map((why) => `${String(count(faults, why))} times: ${why}`) });
}

const count = (items: readonly string[], item: string): number => items.filter((each) => each === item).length;

function tell(message: FromViewers): void {
  process.send?.(message);
}

process.on('message', (message: ToViewers) => {
  if (message.kind === 'connect') void connectAll(message);
  else check(message.expected);
});
process.on('disconnect', () => process.exit(0));
tell({ kind: 'ready' });

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { HistoryRecorder, readHistory, type Operation } from './history.js';

const hold = { kind: 'hold', buyerId: 'anna', seatIds: ['A1'], ttlMs: 1_000 } as const;
const asked = { client: 'c', screeningId: 's', requestId: 'q', request: { ...hold, seatIds: ['A1'] } };

describe('A recorded history', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-history-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What was recorded, and the same read from the file. */
  async function recorded(name: string, record: (recorder: HistoryRecorder) => void): Promise<readonly Operation[]> {
    const file = path.join(folder, name);
    const recorder = HistoryRecorder.create(file, 'seed');
    record(recorder);
    const operations = await recorder.close();
    const read = await readHistory(file);
    expect(read.header.seed).to.equal('seed');
    expect(read.operations).to.deep.equal(operations);
    return operations;
  }

  it('is read as it was written, in order of invocation', async () => {
    const outcome = { kind: 'ok', answer: { id: 't', seatIds: ['A1'], revision: 2, expireMs: 1_000.5 } } as const;
    const operations = await recorded('order', (recorder) => {
      const first = recorder.begin(asked);
      const second = recorder.begin(asked);
      second.end({ kind: 'refused', reason: 'SEAT_UNAVAILABLE', seats: { A1: 'SEAT_HELD' } });
      first.end({ ...outcome, answer: { ...outcome.answer, seatIds: ['A1'] } });
    });
    expect(operations.map((operation) => operation.outcome.kind)).to.deep.equal(['ok', 'refused']);
    expect(operations[0]?.returnedMs).to.be.at.least(operations[1]?.returnedMs ?? Infinity);
  });

  it('has one operation for all attempts, in doubt from the second on', async () => {
    const [operation] = await recorded('attempts', (recorder) => {
      const open = recorder.begin(asked);
      open.attempt('n1', 100);
      open.attempt('n2', 5_000);
      open.end({ kind: 'refused', reason: 'SEAT_UNAVAILABLE' });
      open.end({ kind: 'unknown', reason: 'only the first end counts' });
    });
    expect(operation).to.deep.include({ inDoubt: true, nodes: ['n1', 'n2'] });
    expect(operation?.outcome.kind).to.equal('refused');
    expect(operation?.lateByMs).to.be.at.least(5_000);
  });

  it('leaves open what nobody answered', async () => {
    const [operation] = await recorded('open', (recorder) => recorder.begin(asked));
    expect(operation).to.deep.include({ returnedMs: null, inDoubt: false });
    expect(operation?.outcome.kind).to.equal('unknown');
  });
});

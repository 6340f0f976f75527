import { expect } from 'chai';
import { SeatState } from '../../../actors/screening/seat-state.js';
import { eventually } from '../../support/eventually.js';
import type { FakeStream } from './support/fake-streams.js';
import { openTestServer, type TestServer } from './support/test-server.js';
import { ViewerClient, type AnyFrame } from './support/viewer-client.js';

/** Long ids make frames that fill socket buffers soon. */
const seatIds = Array.from({ length: 400 }, (_, index) => `${String(index)}-${'x'.repeat(2000)}`);

describe('a viewer that does not keep up', () => {
  let test: TestServer;
  let tonight: FakeStream;
  beforeEach(async () => {
    test = await openTestServer({ seatIds, limits: { slowViewerBytes: 64 * 1024, viewerBacklogBytesMax: 512 * 1024 } });
    const stream = test.streams.streams.get('tonight');
    if (stream === undefined) throw new Error('the fake has no screening tonight');
    tonight = stream;
  });
  afterEach(() => test.server.close());

  it('is set aside, and has seen everything once it reads again', async function () {
    this.timeout(30_000);
    const slow = await ViewerClient.open(test.url, { screening_id: 'tonight' });
    const quick = await ViewerClient.open(test.url, { screening_id: 'tonight' });
    await slow.frame(0);
    await quick.frame(0);
    slow.socket.pause();
    await eventually(
      'the reader to fall behind',
      async () => {
        await changeSeats(tonight, 50);
        return test.told.includes('fell behind');
      },
      20_000,
    );
    await changeSeats(tonight, 50);
    expect(test.server.viewersOf('tonight')).to.equal(2);
    slow.socket.resume();
    const { revision } = tonight.view();
    for (const viewer of [slow, quick]) await eventually('all to have arrived', () => revisionOf(viewer) === revision);
    tonight.change(0, SeatState.Booked);
    for (const viewer of [slow, quick]) {
      await eventually('the last change', () => revisionOf(viewer) === revision + 1);
      expect(statesSeen(viewer.frames)).to.deep.equal(statesNow(tonight));
    }
    expect(slow.frames.filter(({ type }) => type === 'reset')).to.deep.equal([
      { type: 'reset', screening_id: 'tonight', reason: 'SLOW_READER' },
    ]);
    expect(quick.frames.some(({ type }) => type === 'reset')).to.equal(false);
  });
});

/** Several turns of the event loop, as changes come in life. */
async function changeSeats(stream: FakeStream, count: number): Promise<void> {
  for (let change = 0; change < count; change += 1) {
    const seat = stream.view().revision % seatIds.length;
    stream.change(seat, stream.view().states[seat] === SeatState.Free ? SeatState.Held : SeatState.Free);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const revisionOf = ({ frames }: ViewerClient): unknown => frames.at(-1)?.['revision'];

function statesNow(stream: FakeStream): Record<string, string> {
  const names = {
    [SeatState.Free]: 'FREE',
    [SeatState.Held]: 'HELD',
    [SeatState.Booked]: 'BOOKED',
    [SeatState.Blocked]: 'BLOCKED',
  };
  const states: Record<string, string> = {};
  stream.view().states.forEach((state, seat) => {
    if (state !== SeatState.Free) states[seatIds[seat] ?? ''] = names[state as SeatState];
  });
  return states;
}

/** Applies the frames by the rules of the protocol. @throws when one is missing. */
function statesSeen(frames: readonly AnyFrame[]): Record<string, string> {
  let states: Record<string, string> = {};
  let revision = -1;
  for (const frame of frames) {
    if (frame['type'] === 'snapshot') states = {};
    else if (frame['type'] === 'reset') revision = -1;
    else if (Number(frame['previous_revision']) > revision || revision === -1)
      throw new Error(`a gap after revision ${String(revision)}`);
    const changes = (frame['seats'] ?? frame['changes'] ?? []) as { seat_id: string; state: string }[];
    for (const { seat_id: seatId, state } of changes) {
      if (state === 'FREE') Reflect.deleteProperty(states, seatId);
      else states[seatId] = state;
    }
    if (frame['revision'] !== undefined) revision = Number(frame['revision']);
  }
  return states;
}

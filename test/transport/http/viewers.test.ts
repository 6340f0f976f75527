import { expect } from 'chai';
import { SeatState } from '../../../actors/screening/seat-state.js';
import { encodeResumeToken } from '../../../src/streams/index.js';
import { failureError } from '../../../src/transport/api/index.js';
import { eventually } from '../../support/eventually.js';
import type { FakeStream } from './support/fake-streams.js';
import { RawConnection } from './support/raw-connection.js';
import { openTestServer, type TestServer } from './support/test-server.js';
import { refusalOfUpgrade, refusedUpgrade, ViewerClient } from './support/viewer-client.js';

describe('viewers', () => {
  let test: TestServer;
  let tonight: FakeStream;
  beforeEach(async () => {
    test = await openTestServer({ limits: { viewersMax: 3, viewerMessageBytesMax: 256, viewerIdleTimeoutSeconds: 8 } });
    const stream = test.streams.streams.get('tonight');
    if (stream === undefined) throw new Error('the fake has no screening tonight');
    tonight = stream;
  });
  afterEach(() => test.server.close());

  const watch = (query: Readonly<Record<string, string>> = {}) =>
    ViewerClient.open(test.url, { screening_id: 'tonight', ...query });

  it('see a snapshot, then every change as it is made', async () => {
    tonight.change(2, SeatState.Booked);
    const viewer = await watch();
    expect(await viewer.frame(0)).to.deep.include({
      type: 'snapshot',
      screening_id: 'tonight',
      epoch: 1,
      revision: 2,
      stale: false,
      seats: [{ seat_id: '1-3', state: 'BOOKED' }],
      counts: { free: 9, held: 0, booked: 1, blocked: 0 },
      resume_token: 'tonight/1/2',
    });
    tonight.change(0, SeatState.Held);
    expect(await viewer.frame(1)).to.deep.equal({
      type: 'seat_status_update',
      screening_id: 'tonight',
      epoch: 1,
      revision: 3,
      previous_revision: 2,
      changes: [{ seat_id: '1-1', state: 'HELD' }],
      counts: { free: 8, held: 1, booked: 1, blocked: 0 },
      timestamp: new Date(1_000_000).toISOString(),
      resume_token: 'tonight/1/3',
    });
    tonight.send({ kind: 'progress', epoch: 1, revision: 3, stale: true });
    expect(await viewer.frame(2)).to.deep.include({
      type: 'progress',
      revision: 3,
      stale: true,
      resume_token: 'tonight/1/3',
    });
    tonight.send({ kind: 'reset', reason: 'COMPACTED' });
    expect(await viewer.frame(3)).to.deep.equal({ type: 'reset', screening_id: 'tonight', reason: 'COMPACTED' });
  });

  it('share one listener per screening and see nothing of others', async () => {
    const [first, second, other] = [
      await watch(),
      await watch(),
      await ViewerClient.open(test.url, { screening_id: 'tomorrow' }),
    ];
    for (const viewer of [first, second, other]) await viewer.frame(0);
    expect([tonight.opened, tonight.listening]).to.deep.equal([1, 1]);
    expect([
      test.server.viewersOf('tonight'),
      test.server.viewersOf('tomorrow'),
      test.server.viewersOf('never'),
    ]).to.deep.equal([2, 1, 0]);
    tonight.change(0, SeatState.Held);
    await first.frame(1);
    await second.frame(1);
    expect(test.told).to.include('seat_status_update to 2');
    expect(other.frames).to.have.length(1);
  });

  it('give the stream back when the last one has gone', async () => {
    const [first, second] = [await watch(), await watch()];
    await second.frame(0);
    first.drop();
    await eventually('one to be gone', () => test.server.viewersOf('tonight') === 1);
    expect(tonight.released).to.equal(0);
    second.socket.close();
    await eventually('the stream to be released', () => tonight.released === 1);
    expect(tonight.listening).to.equal(0);
    expect(test.told.at(-1)).to.equal('viewers 0');
    expect(await (await watch()).frame(0)).to.deep.include({ type: 'snapshot' });
  });

  it('resume without missing a change', async () => {
    const viewer = await watch();
    const token = String((await viewer.frame(0))['resume_token']);
    viewer.drop();
    tonight.change(0, SeatState.Held);
    tonight.change(1, SeatState.Held);
    const again = await watch({ resume_token: token });
    await again.frame(1);
    tonight.change(2, SeatState.Held);
    await again.frame(2);
    expect(again.frames.map((frame) => [frame['type'], frame['revision']])).to.deep.equal([
      ['seat_status_update', 2],
      ['seat_status_update', 3],
      ['seat_status_update', 4],
    ]);
  });

  it('who have seen more than this node knows are shown nothing before it has caught up', async () => {
    let catchUp = (): void => undefined;
    tonight.beforeReach = (token) =>
      token === undefined ? Promise.resolve() : new Promise((resolve) => (catchUp = resolve));
    const other = await watch();
    await other.frame(0);
    const again = await watch({ resume_token: 'tonight/1/2' });
    tonight.change(0, SeatState.Held);
    tonight.change(1, SeatState.Held);
    await other.frame(2);
    expect(again.frames, 'what others are shown, too').to.deep.equal([]);
    catchUp();
    expect(await again.frame(0)).to.deep.include({ type: 'seat_status_update', revision: 3 });
  });

  it('whose node does not catch up in time are sent to try again, and their place is given back', async () => {
    tonight.beforeReach = () => Promise.reject(failureError({ kind: 'deadline-exceeded' }));
    const viewer = await watch({ resume_token: 'tonight/1/2' });
    expect(await viewer.frame(0)).to.deep.include({ type: 'error', code: 'DEADLINE_EXCEEDED' });
    expect(await viewer.closed()).to.equal(1013);
    await eventually('the stream to be released', () => tonight.released === 1);
  });

  it('begin anew with a token that means nothing', async () => {
    const viewer = await watch({ resume_token: 'from/another/life' });
    expect(await viewer.frame(0)).to.deep.include({ type: 'reset', reason: 'RESUME_TOKEN_UNKNOWN' });
    expect(await viewer.frame(1)).to.deep.include({ type: 'snapshot' });
  });

  it('are told that there is no such screening', async () => {
    const viewer = await ViewerClient.open(test.url, { screening_id: 'never' });
    expect(await viewer.frame(0)).to.deep.equal({
      type: 'error',
      code: 'NOT_FOUND',
      reason: 'SCREENING_NOT_FOUND',
      message: 'there is no such screening',
    });
    expect(await viewer.closed()).to.equal(1008);
  });

  it('may leave before their stream is there', async () => {
    let open = (): void => undefined;
    test.streams.beforeOpen = new Promise((resolve) => (open = resolve));
    const viewer = await watch();
    viewer.drop();
    await eventually('the server to notice', () => test.told.at(-1) === 'viewers 0');
    open();
    await eventually('the stream to be released', () => tonight.opened === 1 && tonight.released === 1);
    expect(test.server.viewersOf('tonight')).to.equal(0);
  });

  it('are refused before the upgrade when there are too many or something is missing', async () => {
    for (let count = 0; count < 3; count += 1) await watch();
    expect(await refusedUpgrade(test.url, { screening_id: 'tonight' })).to.equal(503);
    expect(await refusedUpgrade(test.url, {})).to.equal(400);
    expect(test.told).to.include.members(['refused TOO_MANY_VIEWERS', 'refused INVALID_FIELD']);
  });

  it('are refused by the name of the field that is wrong', async () => {
    const expectRefused = async (query: Readonly<Record<string, string>>, field: string): Promise<void> => {
      const { status, body } = await refusalOfUpgrade(test.url, query);
      expect(status).to.equal(400);
      expect(body).to.have.nested.property('details[0].field_violations[0].field', field);
    };
    for (const screening_id of ['', 'x'.repeat(129), '\0']) await expectRefused({ screening_id }, 'screening_id');
    await expectRefused({ screening_id: 'tonight', resume_token: 'x'.repeat(1_025) }, 'resume_token');
    expect(test.told.filter((line) => line.startsWith('error'))).to.deep.equal([]);
  });

  it('come back to a screening with the longest of names', async () => {
    const screeningId = '\u4e00'.repeat(128);
    const resume_token = encodeResumeToken({ screeningId, epoch: Number.MAX_SAFE_INTEGER, revision: 1 });
    const viewer = await ViewerClient.open(test.url, { screening_id: screeningId, resume_token });
    expect(await viewer.frame(0), 'not refused for its length').to.include({ reason: 'SCREENING_NOT_FOUND' });
  });

  it('are told that they have nothing to say, and closed when they go on', async () => {
    const viewer = await watch();
    await viewer.frame(0);
    viewer.socket.send('{"type":"hold","seat_ids":["1-1"]}');
    expect(await viewer.frame(1)).to.deep.include({ type: 'error', reason: 'UNKNOWN_MESSAGE' });
    for (let count = 0; count < 9; count += 1) viewer.socket.send(Buffer.from([0, 1, 2]));
    expect(await viewer.closed()).to.equal(1008);
  });

  it('are closed for an oversized message and for one that is no WebSocket frame', async () => {
    const viewer = await watch();
    viewer.socket.send('x'.repeat(300));
    expect(await viewer.closed()).to.be.oneOf([1006, 1009]);
    const raw = await RawConnection.upgraded(test.port, 'screening_id=tonight');
    raw.send('GET / HTTP/1.1\r\n\r\n');
    await raw.closes();
  });

  it('are closed when they answer no ping', async function () {
    this.timeout(20_000);
    const raw = await RawConnection.upgraded(test.port, 'screening_id=tonight');
    const living = await watch();
    await eventually('both to be seated', () => test.server.viewersOf('tonight') === 2);
    await raw.closes(18_000);
    await eventually('the other to stay', () => test.server.viewersOf('tonight') === 1);
    expect(living.closeCode).to.equal(undefined);
  });
});

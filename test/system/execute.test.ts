import { expect } from 'chai';
import { ExecuteRequest } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { connectBoxOffice, requestId, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';
import { createScreening, seatMap } from '../support/journey.js';
import { metric, startNode, type TestNode } from '../support/node.js';
import { holdOf, openPipeline, reasonOf, type Command, type Pipeline } from './pipeline.js';
import { eventuallyWaiting, lockScreening } from './row-lock.js';

describe('Execute', function () {
  this.timeout(30_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  before(async () => {
    node = await startNode({
      grpc: { executePipelineMax: 2, executeStreamsMax: 3, callsPerConnectionMax: 10 },
      runtime: { mailboxLimit: 2, turnBatchLimit: 1 },
    });
    client = connectBoxOffice(node.grpcAddress);
  });
  after(async () => {
    client.close();
    await node.stop();
  });

  it('answers every command of a pipeline under its request_id, and ends when the caller does', async () => {
    const screeningId = await createScreening(client, 'pipelined');
    const pipeline = openPipeline(client);
    const ids = Array.from({ length: 40 }, () => requestId());
    ids.forEach((id, index) => {
      pipeline.send(id, holdOf(screeningId, `${String(1 + Math.floor(index / 10))}-${String((index % 10) + 1)}`));
    });
    pipeline.halfClose();
    expect(await pipeline.ended).to.equal('end');
    expect(pipeline.answers.map((answer) => answer.requestId)).to.have.members(ids);
    expect(pipeline.answers.map(({ result }) => result?.$case)).to.deep.equal(ids.map(() => 'holdSeats'));
    expect((await seatMap(client, screeningId)).seatMap?.counts).to.deep.include({ held: 40 });
  });

  it('runs a whole sale: each answer is in time for the next command', async () => {
    const screeningId = await createScreening(client, 'sale');
    const pipeline = openPipeline(client);
    const ask = async (command: Command) => {
      const id = requestId();
      pipeline.send(id, command);
      return pipeline.answerTo(id);
    };
    const held = await ask(holdOf(screeningId, '1-1', { buyerId: 'b' }));
    const holdToken = held.$case === 'holdSeats' ? (held.value.hold?.holdToken ?? '') : '';
    const mine = { screeningId, buyerId: 'b', holdToken };
    expect((await ask({ $case: 'getHold', value: mine })).$case).to.equal('getHold');
    expect((await ask({ $case: 'extendHold', value: mine })).$case).to.equal('extendHold');
    const booked = await ask({ $case: 'confirmHold', value: mine });
    const bookingId = booked.$case === 'confirmHold' ? (booked.value.booking?.bookingId ?? '') : '';
    expect((await ask({ $case: 'getBooking', value: { bookingId } })).$case).to.equal('getBooking');
    expect((await ask({ $case: 'bookSeats', value: { screeningId, buyerId: 'b', seatIds: ['2-2'] } })).$case).to.equal(
      'bookSeats',
    );
    expect((await ask({ $case: 'listBookings', value: { screeningId } })).$case).to.equal('listBookings');
    expect((await ask({ $case: 'cancelBooking', value: { screeningId, buyerId: 'b', bookingId } })).$case).to.equal(
      'cancelBooking',
    );
    expect((await ask({ $case: 'listStatusChanges', value: { screeningId } })).$case).to.equal('listStatusChanges');
    expect((await ask({ $case: 'getSeatMap', value: { screeningId } })).$case).to.equal('getSeatMap');
    const again = await ask(holdOf(screeningId, '1-2'));
    const release = {
      screeningId,
      buyerId: 'buyer of 1-2',
      holdToken: again.$case === 'holdSeats' ? (again.value.hold?.holdToken ?? '') : '',
    };
    expect((await ask({ $case: 'releaseHold', value: release })).$case).to.equal('releaseHold');
    pipeline.halfClose();
    expect(await pipeline.ended).to.equal('end');
  });

  it('answers what is wrong and goes on', async () => {
    const screeningId = await createScreening(client, 'faulty');
    const pipeline = openPipeline(client);
    const ask = async (command: Command | undefined, id = requestId()) => {
      pipeline.send(id, command);
      return reasonOf(await pipeline.answerTo(id)) ?? 'fine';
    };
    expect(await ask(undefined), 'no command').to.equal('INVALID_FIELD');
    expect(await ask(holdOf('nowhere', '1-1'))).to.equal('SCREENING_NOT_FOUND');
    expect(await ask(holdOf(screeningId, 'Z-9'))).to.equal('INVALID_FIELD');
    expect(await ask(holdOf(screeningId, '1-1'), 'not-a-uuid')).to.equal('INVALID_FIELD');
    expect(
      await ask(holdOf(screeningId, '1-1', { requestId: requestId() })),
      "another request_id than the command's own",
    ).to.equal('INVALID_FIELD');
    expect(await ask(holdOf(screeningId, '1-1'))).to.equal('fine');
    expect(await ask(holdOf(screeningId, '1-1', { buyerId: 'other' }))).to.equal('SEAT_UNAVAILABLE');
    pipeline.halfClose();
    expect(await pipeline.ended).to.equal('end');
    expect((await seatMap(client, screeningId)).seatMap).to.deep.include({ revision: 2 });
  });

  it('takes the same request_id in both places', async () => {
    const screeningId = await createScreening(client, 'both');
    const pipeline = openPipeline(client);
    const id = requestId();
    pipeline.send(id, holdOf(screeningId, '1-1', { requestId: id }));
    expect((await pipeline.answerTo(id)).$case).to.equal('holdSeats');
    pipeline.halfClose();
    await pipeline.ended;
  });

  it('reads no further than its pipeline, so that one stream cannot fill a mailbox', async () => {
    const screeningId = await createScreening(client, 'bounded');
    const pipeline = openPipeline(client);
    const first = requestId();
    pipeline.send(first, holdOf(screeningId, '9-9'));
    await pipeline.answerTo(first);
    const lock = await lockScreening(node.database, screeningId);
    const ids = Array.from({ length: 10 }, () => requestId());
    ids.forEach((id, index) => {
      pipeline.send(id, holdOf(screeningId, `1-${String(index + 1)}`));
    });
    pipeline.halfClose();
    await lock.blocksSomeone();
    // One is being committed and one waits; a third would have filled the mailbox, a fourth been refused.
    await eventuallyWaiting(node.httpUrl, screeningId, 1);
    await lock.release();
    expect(await pipeline.ended).to.equal('end');
    expect(pipeline.answers.filter(({ result }) => result?.$case === 'error')).to.deep.equal([]);
    expect(pipeline.answers).to.have.length(11);
  });

  it('takes no more streams than configured, and one again when one has left', async () => {
    const screeningId = await createScreening(client, 'crowded');
    await eventually('no stream', async () => (await metric(node, 'cinema_grpc_execute_streams')) === 0);
    const refusedBefore = await metric(node, 'cinema_command_failures_total', 'kind="overloaded"');
    const lookAt = async (pipeline: Pipeline) => {
      const id = requestId();
      pipeline.send(id, { $case: 'getSeatMap', value: { screeningId } });
      return (await pipeline.answerTo(id)).$case;
    };
    const three = [1, 2, 3].map(() => openPipeline(client));
    for (const pipeline of three) expect(await lookAt(pipeline)).to.equal('getSeatMap');
    expect(await metric(node, 'cinema_grpc_execute_streams')).to.equal(3);

    // What a refused caller sends meanwhile goes nowhere, and keeps no place on its connection either.
    for (let time = 0; time < 20; time += 1) {
      const fourth = openPipeline(client);
      for (let sent = 0; sent < 50; sent += 1) fourth.send(requestId(), holdOf(screeningId, '1-1'));
      const failure = await fourth.ended;
      expect(failure).to.deep.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
      expect(failure !== 'end' && failure.retryDelayMs).to.be.greaterThan(0);
    }
    expect(await metric(node, 'cinema_grpc_execute_streams')).to.equal(3);
    expect(await metric(node, 'cinema_command_failures_total', 'kind="overloaded"')).to.equal(refusedBefore + 20);
    expect((await seatMap(client, screeningId)).seatMap?.counts).to.include({ held: 0 });

    const [leaving, ...others] = three;
    leaving?.cancel();
    await eventually('a place', async () => (await metric(node, 'cinema_grpc_execute_streams')) === 2);
    const again = openPipeline(client);
    expect(await lookAt(again)).to.equal('getSeatMap');
    for (const pipeline of [...others, again]) {
      pipeline.halfClose();
      expect(await pipeline.ended).to.equal('end');
    }
  });

  it('finishes what was sent by a caller who is gone', async () => {
    const screeningId = await createScreening(client, 'gone');
    const lock = await lockScreening(node.database, screeningId);
    const stream = client.seats.execute();
    stream.on('error', () => undefined);
    stream.write(ExecuteRequest.fromPartial({ requestId: requestId(), command: holdOf(screeningId, '1-1') }));
    await lock.blocksSomeone();
    stream.cancel();
    await lock.release();
    await eventually('the hold', async () => (await seatMap(client, screeningId)).seatMap?.counts?.held === 1);
  });
});

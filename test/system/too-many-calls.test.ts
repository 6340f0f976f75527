import { credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { ClusterServiceClient } from '../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { call, connectBoxOffice, failureOf, requestId, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';
import { createScreening, hold, seatMap } from '../support/journey.js';
import { metric, startNode, type TestNode } from '../support/node.js';
import { startCluster, type TestCluster } from './cluster-nodes.js';
import { holdOf, openPipeline, reasonOf, retryDelayMsOf } from './pipeline.js';
import { lockScreening, type RowLock } from './row-lock.js';

describe('a node with as many calls as it may have', function () {
  this.timeout(30_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  let lock: RowLock | undefined;
  before(async () => {
    node = await startNode({ grpc: { callsMax: 3 } });
    client = connectBoxOffice(node.grpcAddress);
  });
  afterEach(() => lock?.release());
  after(async () => {
    client.close();
    await node.stop();
  });

  const overloaded = (): Promise<number> => metric(node, 'cinema_command_failures_total', 'kind="overloaded"');

  it('refuses the next at once wherever it goes, says when to come back, and has room when one is answered', async () => {
    const refusedBefore = await overloaded();
    const stuck = await createScreening(client, 'stuck');
    await createScreening(client, 'another');
    await hold(client, { screeningId: stuck, buyerId: 'early', seatIds: ['9-1'] });
    lock = await lockScreening(node.database, stuck);
    const waiting = ['1-1', '1-2', '1-3'].map((seat) =>
      hold(client, { screeningId: stuck, buyerId: seat, seatIds: [seat] }),
    );
    await lock.blocksSomeone();
    // A call that comes after them on the same connection: all three are under way.
    const failure = await failureOf(hold(client, { screeningId: 'another', buyerId: 'fourth', seatIds: ['1-4'] }));
    expect(failure).to.deep.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
    expect(failure.retryDelayMs).to.be.greaterThan(0);
    expect(await metric(node, 'cinema_grpc_calls')).to.equal(3);
    expect(await overloaded()).to.equal(refusedBefore + 1);

    await lock.release();
    await Promise.all(waiting);
    expect(await metric(node, 'cinema_grpc_calls')).to.equal(0);
    const { seatMap: map } = await seatMap(client, 'another');
    expect(map?.counts, 'the refused one had no effect').to.deep.include({ held: 0 });
    await hold(client, { screeningId: 'another', buyerId: 'fourth', seatIds: ['1-4'] });
  });

  it('gives a place back after a refusal and after an error as well', async () => {
    const screeningId = await createScreening(client, 'refusing');
    for (let time = 0; time < 5; time += 1) {
      expect(await failureOf(hold(client, { screeningId, buyerId: 'b', seatIds: [] }))).to.include({
        code: 'INVALID_ARGUMENT',
      });
      expect(await failureOf(hold(client, { screeningId: 'none', buyerId: 'b', seatIds: ['1-1'] }))).to.include({
        code: 'NOT_FOUND',
      });
    }
    await hold(client, { screeningId, buyerId: 'b', seatIds: ['1-1'] });
  });

  it('still lets through whoever looks after the nodes', async () => {
    const screeningId = await createScreening(client, 'stuck-again');
    lock = await lockScreening(node.database, screeningId);
    const waiting = ['1-1', '1-2', '1-3'].map((seat) => hold(client, { screeningId, buyerId: seat, seatIds: [seat] }));
    await lock.blocksSomeone();
    const operator = new ClusterServiceClient(node.grpcAddress, credentials.createInsecure());
    try {
      const nodes = await new Promise<number>((resolve, reject) =>
        operator.listNodes({}, (error, reply) => {
          if (error === null) resolve(reply.nodes.length);
          else reject(error);
        }),
      );
      expect(nodes).to.equal(1);
    } finally {
      operator.close();
    }
    await lock.release();
    await Promise.all(waiting);
  });

  it('counts the commands of Execute streams, and refuses those that find no place within their stream', async () => {
    const refusedBefore = await overloaded();
    const screeningId = await createScreening(client, 'pipelined');
    await hold(client, { screeningId, buyerId: 'early', seatIds: ['9-1'] });
    lock = await lockScreening(node.database, screeningId);
    const pipelines = [openPipeline(client), openPipeline(client)];
    const commands = Array.from({ length: 20 }, (_, index) => ({
      id: requestId(),
      seat: `${String(1 + (index % 2))}-${String(1 + Math.floor(index / 2))}`,
      pipeline: pipelines[index % 2],
    }));
    for (const { id, seat, pipeline } of commands) pipeline?.send(id, holdOf(screeningId, seat));
    const answers = () => pipelines.flatMap((pipeline) => pipeline.answers);
    await eventually('all but three to be answered', () => answers().length === 17);
    await lock.blocksSomeone();
    for (const { result } of answers()) {
      if (result === undefined) throw new Error('an answer without a result');
      expect(reasonOf(result)).to.equal('OVERLOADED');
      expect(retryDelayMsOf(result)).to.be.greaterThan(0);
    }
    expect(await metric(node, 'cinema_grpc_calls')).to.equal(3);
    expect(await overloaded()).to.equal(refusedBefore + 17);
    const unary = await failureOf(hold(client, { screeningId, buyerId: 'unary', seatIds: ['3-1'] }));
    expect(unary, 'a unary call has the same places').to.include({ reason: 'OVERLOADED' });

    const refused = commands.filter(({ id }) => answers().some(({ requestId: answered }) => answered === id));
    await lock.release();
    await eventually('the three', () => answers().length === 20);
    expect(await metric(node, 'cinema_grpc_calls')).to.equal(0);
    expect((await seatMap(client, screeningId)).seatMap?.counts, 'the refused had no effect').to.include({ held: 4 });
    // The same request_ids, one after the other: a place is free for each.
    for (const { id, seat, pipeline } of refused) {
      const { length } = pipeline?.answers ?? [];
      pipeline?.send(id, holdOf(screeningId, seat));
      await eventually('its answer', () => (pipeline?.answers.length ?? 0) > length);
      expect(pipeline?.answers.at(-1)).to.deep.include({ requestId: id });
      expect(pipeline?.answers.at(-1)?.result?.$case).to.equal('holdSeats');
    }
    for (const pipeline of pipelines) {
      pipeline.halfClose();
      expect(await pipeline.ended).to.equal('end');
      const ids = pipeline.answers
        .filter(({ result }) => result?.$case === 'holdSeats')
        .map((answer) => answer.requestId);
      const sent = commands.filter((command) => command.pipeline === pipeline).map(({ id }) => id);
      expect(ids, 'each is done once').to.have.members(sent);
    }
  });

  it('leaves the commands of a caller who is gone their places until they are done', async () => {
    const screeningId = await createScreening(client, 'left');
    await hold(client, { screeningId, buyerId: 'early', seatIds: ['9-1'] });
    lock = await lockScreening(node.database, screeningId);
    const pipeline = openPipeline(client);
    for (const seat of ['1-1', '1-2', '1-3']) pipeline.send(requestId(), holdOf(screeningId, seat));
    await lock.blocksSomeone();
    await eventually('three under way', async () => (await metric(node, 'cinema_grpc_calls')) === 3);
    pipeline.cancel();
    await pipeline.ended;
    // The operator's answer comes after the word that the stream was cancelled.
    const operator = new ClusterServiceClient(node.grpcAddress, credentials.createInsecure());
    try {
      expect((await call(operator, operator.listNodes, {})).nodes).to.have.length(1);
    } finally {
      operator.close();
    }
    const failure = await failureOf(hold(client, { screeningId, buyerId: 'fourth', seatIds: ['1-4'] }));
    expect(failure).to.include({ reason: 'OVERLOADED' });
    await lock.release();
    await eventually('none under way', async () => (await metric(node, 'cinema_grpc_calls')) === 0);
    expect((await seatMap(client, screeningId)).seatMap?.counts).to.include({ held: 4 });
  });
});

describe('a node of a cluster with as many calls as it may have', function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  before(async () => {
    cluster = await startCluster(2, { grpc: { callsMax: 1 } });
  });
  after(() => cluster.stop());

  it('has room again after answers and errors, its own and those it passed on', async () => {
    const [first] = cluster.nodes;
    if (first === undefined) throw new Error('no node');
    const screeningId = await createScreening(first.client, 'passed-on');
    for (const { client } of cluster.nodes) {
      const seatId = client === first.client ? '1-1' : '1-2';
      const answered = await hold(client, { screeningId, buyerId: seatId, seatIds: [seatId] });
      expect(answered.hold?.seatIds).to.deep.equal([seatId]);
      const taken = await failureOf(hold(client, { screeningId, buyerId: 'rival', seatIds: [seatId] }));
      expect(taken).to.include({ code: 'FAILED_PRECONDITION', reason: 'SEAT_UNAVAILABLE' });
      await seatMap(client, screeningId);
    }
  });

  it('refuses the second of two calls', async () => {
    const [first] = cluster.nodes;
    if (first === undefined) throw new Error('no node');
    const screeningId = await createScreening(first.client, 'busy');
    const lock = await lockScreening(cluster.database, screeningId);
    try {
      const waiting = hold(first.client, { screeningId, buyerId: 'waits', seatIds: ['1-1'] });
      await lock.blocksSomeone();
      const failure = await failureOf(hold(first.client, { screeningId, buyerId: 'second', seatIds: ['1-2'] }));
      expect(failure).to.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
      await lock.release();
      await waiting;
    } finally {
      await lock.release();
    }
  });
});

import { expect } from 'chai';
import { NodeState } from '../../../proto/gen/cinema/cluster/v1/cluster_service.js';
import { StorageUnavailable } from '../../../src/runtime/index.js';
import type { ClusterAdmin, NodeOrder } from '../../../src/transport/api/index.js';
import { call, failureOf } from '../../support/box-office-client.js';
import { nodeStatus, serveCluster, type ClusterStage } from './cluster-stage.js';

describe('the cluster service', () => {
  let stage: ClusterStage;
  const serve = async (script: Partial<ClusterAdmin>): Promise<ClusterStage['client']> => {
    stage = await serveCluster(script);
    return stage.client;
  };
  afterEach(() => {
    stage.close();
  });

  it('lists nodes as the cluster knows them, leaving out what nobody knows', async () => {
    const client = await serve({
      listNodes: () =>
        Promise.resolve({
          nodes: [
            nodeStatus('a', { screenings: 3, share: 0.75, weight: 3, zone: 'east' }),
            nodeStatus('b', { state: 'draining', reachable: false, problem: 'no answer', screenings: undefined }),
            nodeStatus('c', { state: 'absent', bootId: undefined }),
            nodeStatus('d', { state: 'unfit' }),
          ],
          view: { generation: 'g', version: 12 },
          viewProblem: 'Redis does not answer',
        }),
    });
    const list = await call(client, client.listNodes, {});
    expect(list).to.deep.include({ viewGeneration: 'g', viewVersion: 12, viewProblem: 'Redis does not answer' });
    expect(list.nodes[0]).to.deep.equal({
      nodeId: 'a',
      bootId: 'boot-of-a',
      zone: 'east',
      weight: 3,
      state: NodeState.NODE_STATE_SERVING,
      grpcAddress: 'a:50051',
      httpAddress: 'a:8080',
      peerAddress: 'a:50151',
      reachable: true,
      problem: '',
      screenings: 3,
      share: 0.75,
    });
    expect(list.nodes[1]).to.deep.include({
      state: NodeState.NODE_STATE_DRAINING,
      reachable: false,
      problem: 'no answer',
    });
    expect(list.nodes[1]?.screenings).to.equal(undefined);
    expect(list.nodes[2]).to.deep.include({ state: NodeState.NODE_STATE_ABSENT, bootId: '' });
    expect(list.nodes[3]).to.have.property('state', NodeState.NODE_STATE_UNFIT);
  });

  it('says that there is no cluster by an empty view', async () => {
    const client = await serve({
      listNodes: () => Promise.resolve({ nodes: [], view: undefined, viewProblem: undefined }),
    });
    const empty = { nodes: [], viewGeneration: '', viewVersion: 0, viewProblem: '' };
    expect(await call(client, client.listNodes, {})).to.deep.equal(empty);
  });

  it('passes orders on, with the time that is left', async () => {
    const orders: unknown[] = [];
    const take = (...order: unknown[]): Promise<NodeOrder> => {
      orders.push(order);
      return Promise.resolve({ kind: 'taken' });
    };
    const client = await serve({
      drainNode: (nodeId, draining, { deadlineMs }) =>
        take('drain', nodeId, draining, deadlineMs - Date.now() <= 2_000),
      setNodeWeight: (nodeId, weight) => take('weight', nodeId, weight),
    });
    await call(client, client.drainNode, { nodeId: 'a', cancel: false }, 2_000);
    await call(client, client.drainNode, { nodeId: 'a', cancel: true }, 2_000);
    await call(client, client.setNodeWeight, { nodeId: 'a', weight: 100 });
    expect(orders).to.deep.equal([
      ['drain', 'a', true, true],
      ['drain', 'a', false, true],
      ['weight', 'a', 100],
    ]);
  });

  const refusals: [NodeOrder, string, string, Record<string, string>][] = [
    [{ kind: 'unknown-node', known: ['a', 'b'] }, 'NOT_FOUND', 'NODE_NOT_FOUND', { known_nodes: 'a,b' }],
    [{ kind: 'no-cluster' }, 'FAILED_PRECONDITION', 'NO_CLUSTER', {}],
    [{ kind: 'last-node' }, 'FAILED_PRECONDITION', 'LAST_NODE', { node_id: 'x' }],
    [{ kind: 'unreachable', problem: 'why' }, 'UNAVAILABLE', 'NODE_UNREACHABLE', { node_id: 'x', problem: 'why' }],
  ];
  for (const [order, code, reason, metadata] of refusals) {
    it(`answers an order with ${reason} when it is refused as ${order.kind}`, async () => {
      const answer = (): Promise<NodeOrder> => Promise.resolve(order);
      const client = await serve({ drainNode: answer, setNodeWeight: answer });
      const drain = await failureOf(call(client, client.drainNode, { nodeId: 'x', cancel: false }));
      expect(drain).to.deep.include({ code, reason, metadata });
      expect(drain.retryDelayMs).to.equal(code === 'UNAVAILABLE' ? 1_000 : undefined);
      const weight = await failureOf(call(client, client.setNodeWeight, { nodeId: 'x', weight: 1 }));
      expect(weight).to.deep.include({ code, reason, metadata });
    });
  }

  it('tells where a screening is and should be', async () => {
    const held = { holder: { nodeId: 'a', bootId: 'boot' }, epoch: 4, revision: 17 };
    const client = await serve({
      locateScreening: (id) =>
        Promise.resolve(
          id === 'held'
            ? { ...held, owner: { nodeId: 'b', grpcAddress: 'b:1' } }
            : id === 'fresh'
              ? { holder: undefined, epoch: 0, revision: 1, owner: undefined }
              : undefined,
        ),
    });
    expect(await call(client, client.locateScreening, { screeningId: 'held' })).to.deep.equal({
      ...{ screeningId: 'held', ownerNodeId: 'b', ownerGrpcAddress: 'b:1' },
      ...{ holderNodeId: 'a', holderBootId: 'boot', epoch: 4, revision: 17 },
    });
    expect(await call(client, client.locateScreening, { screeningId: 'fresh' })).to.deep.equal({
      ...{ screeningId: 'fresh', ownerNodeId: '', ownerGrpcAddress: '' },
      ...{ holderNodeId: '', holderBootId: '', epoch: 0, revision: 1 },
    });
    const gone = await failureOf(call(client, client.locateScreening, { screeningId: 'gone' }));
    expect(gone).to.deep.include({ code: 'NOT_FOUND', reason: 'SCREENING_NOT_FOUND' });
  });

  it('plans, or begins, a rebalance', async () => {
    const asked: boolean[] = [];
    const nodes = [{ nodeId: 'a', holds: 5, owns: 3, gives: 2, takes: 0 }];
    const client = await serve({
      rebalance(validateOnly) {
        asked.push(validateOnly);
        return Promise.resolve({ nodes, moves: 2, screenings: 5 });
      },
    });
    for (const validateOnly of [true, false]) {
      expect(await call(client, client.rebalance, { validateOnly })).to.deep.equal({ nodes, moves: 2, screenings: 5 });
    }
    expect(asked).to.deep.equal([true, false]);
  });

  it('names the fields that are wrong, and asks the cluster nothing', async () => {
    const client = await serve({});
    const fieldsOf = async (answer: Promise<unknown>) => (await failureOf(answer)).fields;
    expect(await fieldsOf(call(client, client.drainNode, { nodeId: '', cancel: false }))).to.deep.equal(['node_id']);
    expect(await fieldsOf(call(client, client.setNodeWeight, { nodeId: '\0', weight: 101 }))).to.deep.equal([
      'node_id',
      'weight',
    ]);
    expect(await fieldsOf(call(client, client.locateScreening, { screeningId: '' }))).to.deep.equal(['screening_id']);
    expect(stage.bugs).to.deep.equal([]);
  });

  it('says when the database is away, and hides a bug from the caller but not from the log', async () => {
    const bug = new Error('secret');
    const client = await serve({
      locateScreening: () => Promise.reject(new StorageUnavailable('gone')),
      rebalance: () => Promise.reject(bug),
    });
    const away = await failureOf(call(client, client.locateScreening, { screeningId: 's' }));
    expect(away).to.deep.include({ code: 'UNAVAILABLE', reason: 'STORAGE_UNAVAILABLE' });
    const hidden = await failureOf(call(client, client.rebalance, { validateOnly: true }));
    expect(hidden).to.deep.include({ code: 'INTERNAL', reason: 'INTERNAL', message: 'internal error' });
    expect(stage.bugs).to.deep.equal([{ method: 'Rebalance', error: bug }]);
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ClusterAdmin, NodeList, NodeStatus } from '../../src/transport/api/cluster-admin.js';
import { startNode, type TestNode } from '../support/node.js';
import { nodeStatus, serveCluster, type ClusterStage } from '../transport/grpc/cluster-stage.js';
import { answerOf, cinemaAt, runCinema, type Run } from './run-cinema.js';

const listOf = (nodes: readonly NodeStatus[], changes: Partial<NodeList> = {}): NodeList => ({
  nodes,
  view: { generation: 'g', version: 7 },
  viewProblem: undefined,
  ...changes,
});

/** Columns are two spaces apart; no cell here has two in a row. */
const cells = (line: string | undefined): string[] => (line ?? '').split(/ {2,}/);

describe('the cinema command at a cluster', function () {
  this.timeout(30_000);
  let stage: ClusterStage;
  let cinema: (...args: string[]) => Promise<Run>;
  const serve = async (script: Partial<ClusterAdmin>): Promise<void> => {
    stage = await serveCluster(script);
    cinema = (...args) => runCinema([...args, '--address', stage.address]);
  };
  afterEach(() => {
    stage.close();
  });

  it('lists the nodes: what each has, how to reach it and what is wrong', async () => {
    const nodes = [
      nodeStatus('node-1', { screenings: 12, share: 2 / 3, weight: 2, zone: 'east' }),
      nodeStatus('node-2', { state: 'draining', screenings: undefined, reachable: false, problem: 'no answer' }),
      nodeStatus('node-3', { state: 'absent', bootId: undefined, reachable: false }),
    ];
    let state: Partial<NodeList> = {};
    await serve({ listNodes: () => Promise.resolve(listOf(nodes, state)) });
    const lines = (await cinema('nodes')).stdout.split('\n');
    expect(cells(lines[0])).to.deep.equal([
      'NODE',
      'STATE',
      'WEIGHT',
      'SHARE',
      'SCREENINGS',
      'ZONE',
      'GRPC',
      'HTTP',
      'PEER',
      'PROBLEM',
    ]);
    expect(cells(lines[1])).to.deep.equal([
      'node-1',
      'SERVING',
      '2',
      '66.7 %',
      '12',
      'east',
      'node-1:50051',
      'node-1:8080',
      'node-1:50151',
    ]);
    expect(lines[2]).to.match(/^node-2 +DRAINING .* \? .* no answer$/);
    expect(lines[3]).to.match(/^node-3 +ABSENT .* not reached$/);
    expect(lines.slice(4)).to.deep.equal(['view 7', '']);
    state = { viewProblem: 'Redis is away' };
    expect((await cinema('nodes')).stdout).to.match(/\nview 7, may be old: Redis is away\n$/);
    state = { view: undefined, viewProblem: 'not joined yet' };
    expect((await cinema('nodes')).stdout).to.match(/\nno view: not joined yet\n$/);
  });

  it('lists them for programs, leaving out what nobody knows', async () => {
    const nodes = [nodeStatus('a', { screenings: 1 }), nodeStatus('b', { state: 'absent', screenings: undefined })];
    await serve({ listNodes: () => Promise.resolve(listOf(nodes)) });
    const answer = answerOf(await cinema('nodes', '--json'));
    expect(answer).to.deep.include({ view_generation: 'g', view_version: 7, view_problem: '' });
    expect(answer).to.have.nested.property('nodes[0].state', 'SERVING');
    expect(answer).to.have.nested.property('nodes[0].screenings', 1);
    expect(answer).to.have.nested.property('nodes[1].state', 'ABSENT');
    expect(answer).not.to.have.nested.property('nodes[1].screenings');
  });

  it('orders a drain, takes it back, and sets a weight', async () => {
    const orders: unknown[] = [];
    await serve({
      drainNode(nodeId, draining) {
        orders.push([nodeId, draining]);
        return Promise.resolve({ kind: 'taken' });
      },
      setNodeWeight(nodeId, weight) {
        orders.push([nodeId, weight]);
        return Promise.resolve({ kind: 'taken' });
      },
    });
    expect(await cinema('drain', 'node-2')).to.deep.include({
      ...{ code: 0, stderr: '' },
      stdout: 'node-2 is draining; cinema nodes shows how far it is\n',
    });
    expect((await cinema('drain', 'node-2', '--cancel')).stdout).to.equal('node-2 takes screenings again\n');
    expect((await cinema('weight', 'node-2', '0')).stdout).to.equal('node-2 has weight 0\n');
    expect(answerOf(await cinema('weight', 'node-2', '100', '--json'))).to.deep.equal({});
    expect(orders).to.deep.equal([
      ['node-2', true],
      ['node-2', false],
      ['node-2', 0],
      ['node-2', 100],
    ]);
  });

  /** A node whose list shows one state after the other, the last one for ever. */
  const drainingThrough = (...states: readonly (Partial<NodeStatus> | undefined)[]): Partial<ClusterAdmin> => {
    const left = [...states];
    return {
      drainNode: () => Promise.resolve({ kind: 'taken' }),
      listNodes() {
        const state = left.length > 1 ? left.shift() : left[0];
        return Promise.resolve(listOf(state === undefined ? [] : [nodeStatus('node-2', state)]));
      },
    };
  };
  const draining = (screenings: number | undefined): Partial<NodeStatus> => ({ state: 'draining', screenings });

  it('waits for a drain to begin and to end, through an outage of the database', async () => {
    const notYetSeen: Partial<NodeStatus> = { state: 'serving', screenings: 0 };
    await serve(drainingThrough(notYetSeen, draining(2), draining(undefined), draining(1), draining(0)));
    expect(await cinema('drain', 'node-2', '--wait')).to.deep.include({
      ...{ code: 0, stderr: '' },
      stdout: 'node-2 has no screenings left\n',
    });
    const answer = answerOf(await cinema('drain', 'node-2', '--wait', '--json'));
    expect(answer).to.deep.nested.include({ 'node.node_id': 'node-2', 'node.screenings': 0 });
  });

  it('waits until the node is gone, and not when somebody takes the drain back', async () => {
    await serve(drainingThrough(draining(2), { state: 'absent' }));
    expect((await cinema('drain', 'node-2', '--wait')).stdout).to.equal('node-2 has stopped\n');
    stage.close();
    await serve(drainingThrough(draining(2), undefined));
    expect((await cinema('drain', 'node-2', '--wait')).stdout).to.equal('node-2 has stopped\n');
    stage.close();
    await serve(drainingThrough(draining(2), { state: 'serving' }));
    expect(await cinema('drain', 'node-2', '--wait')).to.deep.include({
      ...{ code: 1, stdout: '' },
      stderr: 'error: node-2 takes screenings again: somebody has taken the drain back\n',
    });
  });

  it('says why an order is not taken', async () => {
    await serve({
      drainNode: () => Promise.resolve({ kind: 'unknown-node', known: ['node-1', 'node-2'] }),
      setNodeWeight: () => Promise.resolve({ kind: 'unreachable', problem: 'connection refused' }),
    });
    expect(await cinema('drain', 'node-9', '--wait')).to.deep.include({
      ...{ code: 1, stdout: '' },
      stderr: 'NOT_FOUND NODE_NOT_FOUND: there is no such node\n  known_nodes: node-1,node-2\n',
    });
    expect((await cinema('weight', 'node-2', '1')).stderr).to.equal(
      'UNAVAILABLE NODE_UNREACHABLE: the node cannot be reached\n' +
        '  node_id: node-2\n  problem: connection refused\n  try again in 1 s\n',
    );
  });

  it('shows where a screening is and where it should be', async () => {
    const holder = { nodeId: 'node-1', bootId: 'boot' };
    const owner = { nodeId: 'node-2', grpcAddress: 'node-2:50051' };
    await serve({
      locateScreening: (id) =>
        Promise.resolve(
          id === 'held'
            ? { owner, holder, epoch: 4, revision: 17 }
            : { owner: undefined, holder: undefined, epoch: 0, revision: 1 },
        ),
    });
    expect((await cinema('screening', 'held', '--where')).stdout.split('\n')).to.deep.equal([
      'screening held, revision 17',
      '  should be at   node-2, gRPC node-2:50051',
      '  last taken by  node-1, boot boot, epoch 4',
      '',
    ]);
    expect((await cinema('screening', '--where', 'fresh')).stdout.split('\n').slice(1)).to.deep.equal([
      '  should be at   nobody: no node takes screenings',
      '  last taken by  nobody yet: it comes into memory with its first command',
      '',
    ]);
    expect(answerOf(await cinema('screening', 'held', '--where', '--json'))).to.deep.include({
      ...{ owner_node_id: 'node-2', holder_node_id: 'node-1', epoch: 4 },
    });
  });

  it('draws the map of the node at the address, whatever the environment says of another', async () => {
    const plan = { name: 'Drawn over HTTP', seats: [{ seat_id: '1-1', zone: 'A', row: '1', x: 1, y: 1 }] };
    const http = createServer((_request, response) => response.end(JSON.stringify({ plan, revision: 3 })));
    await once(http.listen(0, '127.0.0.1'), 'listening');
    const at = { httpAddress: `known-as:${String((http.address() as AddressInfo).port)}` };
    const other = nodeStatus('other', { grpcAddress: 'other:50051', httpAddress: 'other:8080' });
    const unsaid = /^error: the nodes do not say which HTTP port goes with 127.0.0.1:\d+: name it with --http\n$/;
    let nodes: readonly NodeStatus[] = [];
    await serve({ listNodes: () => Promise.resolve(listOf(nodes)) });
    const map = (): Promise<Run> =>
      runCinema(['map', 's', '--address', stage.address], { CINEMA_HTTP: 'http://127.0.0.1:1' });
    try {
      const port = stage.address.replace(/.*:/, '');
      nodes = [other, nodeStatus('exact', { grpcAddress: stage.address, ...at })];
      expect((await map()).stdout).to.match(/^Drawn over HTTP, revision 3\n/);
      const byAnotherName = nodeStatus('by-name', { grpcAddress: `known-as:${port}`, ...at });
      nodes = [other, byAnotherName];
      expect((await map()).stdout).to.match(/^Drawn over HTTP, revision 3\n/);
      nodes = [byAnotherName, { ...other, grpcAddress: `other:${port}` }];
      expect((await map()).stderr, 'one of two').to.match(unsaid);
      nodes = [other];
      expect((await map()).stderr, 'none').to.match(unsaid);
    } finally {
      http.close();
    }
  });

  it('shows what would move, or begins to move it', async () => {
    const asked: boolean[] = [];
    const nodes = [
      { nodeId: 'node-1', holds: 5, owns: 3, gives: 2, takes: 0 },
      { nodeId: 'node-2', holds: 0, owns: 2, gives: 0, takes: 2 },
    ];
    let plan = { nodes, moves: 2, screenings: 5 };
    await serve({
      rebalance(validateOnly) {
        asked.push(validateOnly);
        return Promise.resolve(plan);
      },
    });
    const lines = (await cinema('rebalance', '--dry-run')).stdout.split('\n');
    expect(lines.map(cells)).to.deep.equal([
      ['NODE', 'HAS', 'SHOULD HAVE', 'GIVES', 'TAKES'],
      ['node-1', '5', '3', '2', '0'],
      ['node-2', '0', '2', '0', '2'],
      ['2 of 5 screenings would move'],
      [''],
    ]);
    expect((await cinema('rebalance')).stdout).to.match(/\n2 of 5 screenings begin to move\n$/);
    expect(answerOf(await cinema('rebalance', '--json'))).to.deep.nested.include({ moves: 2, 'nodes[1].takes': 2 });
    expect(asked).to.deep.equal([true, false, false]);
    plan = { nodes: [], moves: 0, screenings: 0 };
    expect((await cinema('rebalance')).stdout).to.equal('every screening is where it should be\n');
  });
});

describe('the cinema command at a node without a cluster', function () {
  this.timeout(60_000);
  let node: TestNode;
  let cinema: (...args: string[]) => Promise<Run>;
  before(async () => {
    node = await startNode({ node: { id: 'only', zone: 'here' } });
    cinema = cinemaAt(node);
  });
  after(() => node.stop());

  it('lists the node alone, with what it has', async () => {
    await cinema('book', 'zal-10-tonight', '1-1', '--buyer', 'anna');
    const { stdout } = await cinema('nodes');
    const http = node.httpUrl.replace('http://', '');
    expect(stdout).to.match(
      new RegExp(`^NODE .*\\nonly +SERVING +1 +100.0 % +1 +here +${node.grpcAddress} +${http}\\nno cluster: .*\\n$`),
    );
  });

  it('says where a screening is, and that there is nobody to move it to', async () => {
    const { stdout } = await cinema('screening', 'zal-10-tonight', '--where');
    expect(stdout).to.match(
      /^screening zal-10-tonight, revision 2\n {2}should be at {3}only, .*\n {2}last taken by {2}only, /,
    );
    expect((await cinema('screening', 'gone', '--where')).stderr).to.match(/^NOT_FOUND SCREENING_NOT_FOUND: /);
    expect((await cinema('drain', 'only')).stderr).to.match(/^FAILED_PRECONDITION NO_CLUSTER: /);
    expect((await cinema('drain', 'other')).stderr).to.match(/^NOT_FOUND NODE_NOT_FOUND: .*\n {2}known_nodes: only\n$/);
    expect((await cinema('rebalance', '--dry-run')).stdout).to.match(/every screening is where it should be\n$/);
  });
});

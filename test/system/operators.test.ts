import { expect } from 'chai';
import { answerOf, runCinema, type Run } from '../cli/run-cinema.js';
import { eventually } from '../support/eventually.js';
import { createScreening, hold, seatMap } from '../support/journey.js';
import { ownerOf, startCluster, type MemberNode, type TestCluster } from './cluster-nodes.js';

describe('operators of a cluster', function () {
  this.timeout(90_000);
  let cluster: TestCluster;
  let first: MemberNode;
  let second: MemberNode;
  const screenings: string[] = [];

  before(async () => {
    cluster = await startCluster(2, {
      runtime: { passivateAfterMs: 400, wakeUpScanMs: 400 },
      cluster: { nodes: [{ id: 'node-9', host: '127.0.0.1', grpcPort: 1, httpPort: 2, peerPort: 3, zone: 'west' }] },
    });
    const [one, two] = cluster.nodes;
    if (one === undefined || two === undefined) throw new Error('two nodes');
    [first, second] = [one, two];
    for (let number = 1; number <= 12; number += 1) {
      const screeningId = await createScreening(first.client, `operated-${String(number)}`);
      await hold(first.client, { screeningId, seatIds: ['1-1'], ttl: { seconds: 600, nanos: 0 } });
      screenings.push(screeningId);
    }
  });
  after(() => cluster.stop());

  const cinema = (...args: string[]): Promise<Run> => runCinema([...args, '--address', first.grpcAddress]);
  const nodesOf = async (): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> => {
    const { nodes } = answerOf(await cinema('nodes', '--json'));
    const list: readonly unknown[] = Array.isArray(nodes) ? nodes : [];
    return Object.fromEntries(list.map((node) => [String(Reflect.get(Object(node), 'node_id')), { ...Object(node) }]));
  };

  it('see every node, with what it has, and who is missing', async () => {
    const nodes = await nodesOf();
    expect(Object.keys(nodes)).to.deep.equal(['node-1', 'node-2', 'node-9']);
    expect(nodes['node-2']).to.deep.include({ state: 'SERVING', reachable: true, grpc_address: second.grpcAddress });
    expect(Number(nodes['node-1']?.['screenings']) + Number(nodes['node-2']?.['screenings'])).to.equal(12);
    expect(Number(nodes['node-1']?.['share']) + Number(nodes['node-2']?.['share'])).to.be.closeTo(1, 0.001);
    expect(nodes['node-9']).to.deep.include({ state: 'ABSENT', reachable: false, zone: 'west' });
  });

  it('drain a node that a moment ago had screenings in memory and not, and take it back', async () => {
    const owners = await Promise.all(screenings.map((id) => ownerOf(cluster, id)));
    const screeningId = screenings[owners.indexOf(second)] ?? '';
    await eventually('idle screenings to leave memory', async () => {
      const metrics = await (await fetch(`${second.httpUrl}/metrics`)).text();
      return /^cinema_passivations_total\{[^}]*reason="idle"[^}]*\} [1-9]/m.test(metrics);
    });
    // One it is asked for now and again, while others have left memory since.
    const asking = setInterval(() => void seatMap(first.client, screeningId).catch(() => undefined), 50);
    const drained = await hold(first.client, { screeningId, seatIds: ['1-2'] })
      .then(() => cinema('drain', 'node-2', '--wait'))
      .finally(() => {
        clearInterval(asking);
      });
    expect(drained).to.deep.include({ code: 0, stderr: '', stdout: 'node-2 has no screenings left\n' });
    expect((await nodesOf())['node-2']).to.deep.include({ state: 'DRAINING', screenings: 0, share: 0 });
    await hold(second.client, { screeningId, seatIds: ['1-3'] });
    expect(await ownerOf(cluster, screeningId)).to.equal(first);
    const last = await cinema('drain', 'node-1');
    expect(last.stderr).to.match(/^FAILED_PRECONDITION LAST_NODE: /);
    expect((await cinema('drain', 'node-2', '--cancel')).code).to.equal(0);
    await eventually('node-2 to serve', async () => (await nodesOf())['node-2']?.['state'] === 'SERVING');
  });

  it('find a screening, and put every one where it should be', async () => {
    for (const screeningId of screenings) await hold(second.client, { screeningId, seatIds: ['2-1'] });
    await eventually(
      'every screening to be where it should be',
      async () => {
        const plan = answerOf(await cinema('rebalance', '--json'));
        return plan['moves'] === 0;
      },
      30_000,
    );
    for (const screeningId of screenings.slice(0, 3)) {
      const where = answerOf(await cinema('screening', screeningId, '--where', '--json'));
      expect(where['holder_node_id'], JSON.stringify(where)).to.equal(where['owner_node_id']);
    }
    const planned = answerOf(await cinema('rebalance', '--dry-run', '--json'));
    expect(planned).to.include({ moves: 0 });
    expect(JSON.stringify(planned), 'also nodes that give and take nothing').to.include('node-1').and.include('node-2');
  });

  it('give a node another share', async () => {
    expect((await cinema('weight', 'node-2', '3')).stdout).to.equal('node-2 has weight 3\n');
    await eventually('the share of node-2', async () => Number((await nodesOf())['node-2']?.['share']) > 0.6);
    expect((await cinema('weight', 'node-9', '3')).stderr).to.match(/^UNAVAILABLE NODE_UNREACHABLE: /);
    expect((await cinema('weight', 'node-5', '3')).stderr).to.include('known_nodes: node-1,node-2,node-9');
  });
});

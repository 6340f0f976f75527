import { expect } from 'chai';
import { standaloneCluster } from '../../src/node/standalone-cluster.js';
import { StorageUnavailable } from '../../src/runtime/index.js';
import { memoryTables, openMemoryStorage } from '../../src/storage/memory/index.js';
import { claimedScreening, newAuditorium, newScreening } from '../conformance/fixture.js';

describe('a node without a cluster', () => {
  const node = {
    ...{ nodeId: 'only', bootId: 'boot-2', zone: 'east', weight: 3 },
    ...{ grpcAddress: 'host:1', httpAddress: 'host:2' },
  };
  const call = { deadlineMs: Number.POSITIVE_INFINITY };
  const tables = memoryTables();
  const storage = openMemoryStorage({ tables, node });
  const admin = standaloneCluster(() => node, storage.holders);
  let mine: string;
  let formerly: string;
  let fresh: string;

  before(async () => {
    mine = (await claimedScreening(storage)).id;
    const before = openMemoryStorage({ tables, node: { nodeId: 'only', bootId: 'boot-1' } });
    formerly = (await claimedScreening(before)).id;
    const auditorium = newAuditorium();
    await storage.catalogue.createAuditorium(auditorium);
    const screening = newScreening(auditorium.auditoriumId);
    await storage.catalogue.createScreening(screening);
    fresh = screening.screeningId;
  });

  it('lists itself, with what it claimed since it started', async () => {
    expect(await admin.listNodes(call)).to.deep.equal({
      nodes: [
        {
          ...{ ...node, state: 'serving', peerAddress: '', reachable: true },
          ...{ problem: undefined, screenings: 1, share: 1 },
        },
      ],
      view: undefined,
      viewProblem: undefined,
    });
  });

  it('lists itself when the database is away, too', async () => {
    const away = { ...storage.holders, holders: () => Promise.reject(new StorageUnavailable('gone')) };
    const { nodes } = await standaloneCluster(() => node, away).listNodes(call);
    expect(nodes).to.have.length(1);
    expect(nodes[0]).to.have.property('screenings', undefined);
  });

  it('owns every screening, whoever had it before', async () => {
    const owner = { nodeId: 'only', grpcAddress: 'host:1' };
    const at = async (id: string) => admin.locateScreening(id, call);
    expect(await at(mine)).to.deep.include({ owner, holder: { nodeId: 'only', bootId: 'boot-2' }, epoch: 1 });
    expect(await at(formerly)).to.deep.include({ owner, holder: { nodeId: 'only', bootId: 'boot-1' } });
    expect(await at(fresh)).to.deep.equal({ owner, holder: undefined, epoch: 0, revision: 1 });
    expect(await at('gone')).to.equal(undefined);
  });

  it('takes no orders that need others, and knows no others', async () => {
    expect(await admin.drainNode('only', true, call)).to.deep.equal({ kind: 'no-cluster' });
    expect(await admin.setNodeWeight('only', 1, call)).to.deep.equal({ kind: 'no-cluster' });
    expect(await admin.drainNode('other', true, call)).to.deep.equal({ kind: 'unknown-node', known: ['only'] });
  });

  it('has nothing to move, and as much as the list says', async () => {
    const nodes = [{ nodeId: 'only', holds: 1, owns: 1, gives: 0, takes: 0 }];
    expect(await admin.rebalance(false, call)).to.deep.equal({ nodes, moves: 0, screenings: 1 });
    const empty = standaloneCluster(() => node, openMemoryStorage().holders);
    expect(await empty.rebalance(true, call)).to.deep.equal({ nodes: [], moves: 0, screenings: 0 });
  });
});

import { expect } from 'chai';
import { clusterAdmin } from '../../src/node/cluster-admin.js';
import { memoryTables, openMemoryStorage } from '../../src/storage/memory/index.js';
import { member, viewOf } from '../cluster/members.js';
import { claimedScreening } from '../conformance/fixture.js';

describe('what operators ask of a cluster', () => {
  const [one, two] = [member('node-1'), member('node-2')];
  const call = { deadlineMs: Number.POSITIVE_INFINITY };
  const unexpected = (): never => {
    throw new Error('nothing moves');
  };

  it('counts screenings by boot, those of a dead boot for nobody, and adds up', async () => {
    const tables = memoryTables();
    const claimedBy = async (nodeId: string, bootId: string): Promise<string> =>
      (await claimedScreening(openMemoryStorage({ tables, node: { nodeId, bootId } }))).id;
    const [stays, goes] = [await claimedBy('node-1', one.bootId), await claimedBy('node-1', one.bootId)];
    await claimedBy('node-1', 'boot-before');
    await claimedBy('node-9', 'boot-of-one-that-is-gone');
    const admin = clusterAdmin({
      self: one,
      membership: () => ({
        view: () => viewOf(1, [one, two]),
        placement: () => ({ ownerOf: (id) => (id === stays ? one : two), shares: () => new Map() }),
        report: () => ({ ok: true }),
      }),
      holders: openMemoryStorage({ tables }).holders,
      links: { problemWith: () => undefined },
      moving: { release: unexpected, takeOver: unexpected, setNodeState: unexpected },
      setState: unexpected,
      expected: [],
      handOffsMax: 1,
      handOffDeadlineMs: unexpected,
      log: unexpected,
    });
    expect(await admin.rebalance(true, call), `${goes} moves`).to.deep.equal({
      nodes: [
        { nodeId: 'node-1', holds: 2, owns: 1, gives: 1, takes: 0 },
        { nodeId: 'node-2', holds: 0, owns: 1, gives: 0, takes: 1 },
      ],
      moves: 1,
      screenings: 2,
    });
    const { nodes } = await admin.listNodes(call);
    expect(nodes.map(({ nodeId, screenings }) => [nodeId, screenings])).to.deep.equal([
      ['node-1', 2],
      ['node-2', 0],
    ]);
  });
});

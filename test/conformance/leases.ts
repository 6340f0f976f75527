import { expect } from 'chai';
import type { ClusterView, Member } from '../../src/cluster/member.js';
import { LeasesUnavailable, type Leases } from '../../src/cluster/ports.js';
import { eventually } from '../support/eventually.js';
import { member, type ClusterFixture, type OpenFixture } from './cluster-fixture.js';

/** What every store of leases does: one boot per node, one version per set of members. */
export function leasesContract(open: OpenFixture): void {
  let fixture: ClusterFixture;
  let leases: Leases;
  beforeEach(async () => {
    fixture = await open();
    leases = (await fixture.node()).leases;
  });
  afterEach(() => fixture.close());

  const held = async (renewing: Member, on: Leases = leases) => {
    const answer = await on.renew(renewing);
    if (answer.kind !== 'held') throw new Error(`${renewing.nodeId} is taken by ${answer.by.bootId}`);
    return answer;
  };
  const viewOf = async (renewing: Member): Promise<ClusterView> => (await held(renewing)).view;
  const ids = ({ members }: ClusterView): readonly string[] => members.map(({ nodeId }) => nodeId);
  const [a, b, c] = [member('a'), member('b', { state: 'draining', weight: 0, zone: '' }), member('c')];

  it('are taken and renewed, and seen by every node alike, with all their records', async () => {
    const other = (await fixture.node()).leases;
    expect(await held(b, other)).to.include({ wasMissing: true });
    const first = await held(a);
    expect(first.wasMissing).to.equal(true);
    const again = await held(b, other);
    expect(again.wasMissing).to.equal(false);
    expect(again.view).to.deep.equal({
      generation: first.view.generation,
      version: first.view.version,
      members: [a, b],
    });
    expect(first.view.generation).to.not.equal('');
  });

  it('raise the version when a record changes, and only then', async () => {
    const { version } = await viewOf(a);
    expect((await viewOf(a)).version).to.equal(version);
    const draining = { ...a, state: 'draining' } as const;
    expect(await viewOf(draining)).to.deep.include({ version: version + 1, members: [draining] });
    expect((await viewOf(draining)).version).to.equal(version + 1);
  });

  it('are refused to a second boot of the same node, which sees who has it', async () => {
    const { version } = await viewOf(a);
    const second = { ...a, bootId: 'second boot', peerAddress: 'elsewhere:1' };
    const answer = await leases.renew(second);
    expect(answer).to.deep.include({ kind: 'taken', by: a });
    expect(answer.view).to.deep.include({ version, members: [a] });
    expect(await held(a)).to.include({ wasMissing: false });
  });

  it('go to one of many boots that ask at once', async () => {
    const boots = Array.from({ length: 8 }, (_, boot) => ({ ...a, bootId: `boot ${String(boot)}` }));
    const answers = await Promise.all(boots.map((boot) => leases.renew(boot)));
    expect(answers.filter(({ kind }) => kind === 'held')).to.have.length(1);
    expect(new Set(answers.map(({ view }) => JSON.stringify(view))).size).to.equal(1);
  });

  it('are given back by their owner, and by nobody else', async () => {
    await held(a);
    const { version } = await viewOf(b);
    await leases.release('a', b.bootId);
    await leases.release('nobody', 'nothing');
    expect(await viewOf(b)).to.deep.include({ version, members: [a, b] });
    await leases.release('a', a.bootId);
    expect(await viewOf(b)).to.deep.include({ version: version + 1, members: [b] });
    await leases.release('a', a.bootId);
    expect((await viewOf(b)).version, 'giving back what is gone').to.equal(version + 1);
  });

  it('are free for another boot once they are given back', async () => {
    await held(a);
    await leases.release('a', a.bootId);
    const second = { ...a, bootId: 'second boot' };
    expect((await viewOf(second)).members).to.deep.equal([second]);
  });

  it('run out; of many who notice at once, one raises the version', async () => {
    for (const joining of [a, b, c]) await held(joining);
    const { version } = await viewOf(a);
    await fixture.expireLease('c');
    const other = (await fixture.node()).leases;
    const answers = await Promise.all([held(a), held(b, other), held(a), held(b, other)]);
    for (const { view } of answers) expect(view).to.deep.include({ version: version + 1, members: [a, b] });
    const back = await held(c);
    expect(back.wasMissing).to.equal(true);
    expect(back.view).to.deep.include({ version: version + 2, members: [a, b, c] });
  });

  it('are taken anew by their owner when they ran out and nobody noticed', async () => {
    const { version } = await viewOf(a);
    await fixture.expireLease('a');
    expect(await held(a)).to.deep.include({ wasMissing: true });
    expect((await viewOf(a)).version).to.equal(version);
  });

  it('go to another boot when they ran out', async () => {
    const { version } = await viewOf(a);
    await fixture.expireLease('a');
    const second = { ...a, bootId: 'second boot' };
    expect(await viewOf(second)).to.deep.include({ version: version + 1, members: [second] });
    expect(await leases.renew(a)).to.deep.include({ kind: 'taken', by: second });
  });

  it('begin a new generation when the store lost everything', async () => {
    for (const joining of [a, b]) await held(joining);
    const { generation } = await viewOf(a);
    await fixture.flush();
    const first = await held(b);
    expect(first.wasMissing).to.equal(true);
    expect(first.view.generation).to.not.equal(generation);
    expect(ids(first.view)).to.deep.equal(['b']);
    const second = await held(a);
    expect(second.wasMissing).to.equal(true);
    expect(second.view).to.deep.include({ generation: first.view.generation, members: [a, b] });
  });

  it('tell other nodes soon that a member came, changed or left', async () => {
    const other = (await fixture.node()).leases;
    let told = 0;
    const stop = other.onChange(() => (told += 1));
    await eventually('the subscription to stand', () => told > 0);
    const steps: readonly (() => Promise<unknown>)[] = [
      () => held(a),
      () => held({ ...a, state: 'draining' }),
      () => leases.release('a', a.bootId),
    ];
    for (const step of steps) {
      told = 0;
      await step();
      await eventually('the other node to be told', () => told > 0);
    }
    stop();
    stop();
  });

  it('cannot be had while the store is away, and are as they were when it is back', async () => {
    const { version } = await viewOf(a);
    fixture.goAway();
    for (const ask of [() => leases.renew(a), () => leases.release('a', a.bootId)]) {
      const error = await ask().catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(LeasesUnavailable);
    }
    fixture.comeBack();
    await eventually('the store to be back', () => leases.renew(a).then(Boolean, () => false));
    expect(await held(a)).to.deep.include({ wasMissing: false });
    expect((await viewOf(a)).version).to.equal(version);
  });
}

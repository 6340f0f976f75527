import { expect } from 'chai';
import { SeatMapReplica } from '../../src/streams/seat-map-replica.js';
import { answer, Booked, change, Free, Held, layout, states } from './stage.js';

function replicaAt(epoch: number, revision: number): SeatMapReplica {
  const replica = new SeatMapReplica(layout);
  replica.replace(answer(epoch, revision, states()));
  return replica;
}

describe('a replica', () => {
  it('applies changes one revision at a time', () => {
    const replica = replicaAt(1, 4);
    expect(replica.apply(1, change(5, { 0: Held, 1: Held }))).to.deep.equal([0, 1]);
    expect(replica.apply(1, change(6, { 0: Booked }))).to.deep.equal([0]);
    expect([...replica.states]).to.deep.equal([Booked, Held, Free, Free, Free, Free]);
    expect([replica.epoch, replica.revision, replica.timeMs]).to.deep.equal([1, 6, 1_006]);
  });

  it('ignores what it knows, and everything of an older owner', () => {
    const replica = replicaAt(3, 4);
    expect(replica.apply(3, change(4, { 0: Booked }))).to.equal('old');
    expect(replica.apply(3, change(1, { 0: Booked }))).to.equal('old');
    expect(replica.apply(2, change(5, { 0: Booked })), 'a zombie').to.equal('old');
    expect([...replica.states]).to.deep.equal([...states()]);
    expect(replica.revision).to.equal(4);
  });

  it('says when it missed something, and changes nothing', () => {
    const replica = replicaAt(1, 4);
    expect(replica.apply(1, change(6, { 0: Booked }))).to.equal('gap');
    expect(replica.apply(2, change(7, { 0: Booked })), 'of a new owner too').to.equal('gap');
    expect([replica.epoch, replica.revision, replica.states[0]]).to.deep.equal([1, 4, Free]);
  });

  it('goes on under a new owner', () => {
    const replica = replicaAt(1, 4);
    expect(replica.apply(2, change(5, { 3: Held }))).to.deep.equal([3]);
    expect(replica.epoch).to.equal(2);
  });

  it('jumps to a newer state and says which seats differ', () => {
    const replica = replicaAt(1, 4);
    const newer = states({ 0: Booked, 5: Held });
    expect(replica.replace(answer(2, 9, newer))).to.deep.equal([0, 5]);
    expect(replica.counts).to.deep.equal({ free: 4, held: 1, booked: 1, blocked: 0 });
    expect(replica.timeMs).to.equal(1_009);
    replica.replace({ ...answer(2, 10, newer), timeMs: 0 });
    expect(replica.timeMs, 'of a node that does not say when').to.equal(1_009);
  });

  it('never jumps back', () => {
    const replica = replicaAt(2, 4);
    const other = states({ 0: Booked });
    expect(replica.replace(answer(2, 4, other))).to.deep.equal([]);
    expect(replica.replace(answer(1, 9, other)), 'a zombie').to.deep.equal([]);
    expect(replica.states[0]).to.equal(Free);
  });

  it('passes to a new owner that is where it is, never back to an older one', () => {
    const replica = replicaAt(2, 4);
    expect(replica.heard(5, 4)).to.equal('same');
    expect(replica.heard(3, 4)).to.equal('old');
    expect([replica.epoch, replica.revision]).to.deep.equal([5, 4]);
    expect(replica.replace({ ...answer(6, 4, states()), states: undefined })).to.deep.equal([]);
    expect(replica.epoch).to.equal(6);
  });

  it('passes to a new owner that is further only once it is there, but listens to no older one from then on', () => {
    const replica = replicaAt(1, 4);
    expect(replica.heard(2, 7)).to.equal('gap');
    expect([replica.epoch, replica.revision]).to.deep.equal([1, 4]);
    expect(replica.apply(1, change(5, { 0: Booked })), 'of the owner before').to.equal('old');
    expect(replica.replace(answer(1, 6, states({ 0: Booked })))).to.deep.equal([]);
    expect([replica.epoch, replica.revision]).to.deep.equal([1, 4]);
    expect(replica.replace(answer(2, 7, states({ 1: Held })))).to.deep.equal([1]);
    expect([replica.epoch, replica.revision]).to.deep.equal([2, 7]);
  });

  it('takes no change that is not of its hall', () => {
    const replica = replicaAt(1, 4);
    expect(replica.apply(1, change(5, { 6: Held }))).to.equal('gap');
    expect(replica.apply(1, { ...change(5, { 0: Held }), states: new Uint8Array() })).to.equal('gap');
    expect([...replica.states]).to.deep.equal([...states()]);
    expect(replica.revision).to.equal(4);
  });
});

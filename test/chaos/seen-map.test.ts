import { expect } from 'chai';
import { SeenMap, type SeenFrame } from './seen-map.js';

const snapshot = (revision: number, epoch = 1): SeenFrame => ({
  kind: 'snapshot',
  epoch,
  revision,
  seats: [['A1', 'HELD']],
});
const delta = (previousRevision: number, revision: number, epoch = 1): SeenFrame => ({
  ...{ kind: 'delta', epoch, previousRevision, revision },
  changes: [
    ['A1', 'FREE'],
    ['A2', 'BOOKED'],
  ],
});
const progress = (revision: number): SeenFrame => ({ kind: 'progress', epoch: 1, revision });
const reset: SeenFrame = { kind: 'reset' };

/** What a viewer of one connection finds wrong. */
function watching(...frames: readonly SeenFrame[]): string {
  const map = new SeenMap('v', 's');
  map.connected();
  for (const frame of frames) map.see(frame, `token ${String(map.revision)}`, 'n1');
  return map.problems.join();
}

describe('What a viewer sees', () => {
  it('is a snapshot and then deltas without a gap, with a new snapshot after a reset', () => {
    expect(watching(snapshot(3), delta(3, 5), progress(5), delta(4, 6), reset, snapshot(9), delta(9, 10))).to.equal('');
  });

  it('is wrong with a gap, or without a snapshot', () => {
    expect(watching(snapshot(3), delta(4, 5))).to.include('a gap');
    expect(watching(delta(0, 1))).to.include('before the snapshot');
    expect(watching(snapshot(3), reset, delta(3, 4))).to.include('before the snapshot');
    expect(watching(progress(0))).to.include('before the snapshot');
    expect(watching(snapshot(3), snapshot(3))).to.include('nobody asked for');
  });

  it('is wrong when it goes back, or progress is ahead of what was sent', () => {
    expect(watching(snapshot(3), reset, snapshot(2))).to.include('taken back to r2');
    expect(watching(snapshot(3, 2), delta(3, 4, 1))).to.include('from r3 of epoch 2');
    expect(watching(snapshot(3), progress(4))).to.include('progress says r4');
  });

  it('goes on with the token on another connection', () => {
    const map = new SeenMap('v', 's');
    map.connected();
    map.see(snapshot(3), 'token', 'n1');
    map.connected();
    map.see(delta(3, 4), '', 'n2');
    expect(map.problems).to.deep.equal([]);
    expect(map.resumeToken).to.equal('token');
    expect(map.sights.map(({ taken }) => taken)).to.deep.equal(['A1 HELD', 'A2 BOOKED']);
  });
});

import { expect } from 'chai';
import { liveMemoryBytes } from '../../bench/node/live-memory.js';

describe('the live memory of a process', () => {
  const BYTES = 64 * 2 ** 20;

  it('counts a buffer once', () => {
    const before = liveMemoryBytes();
    const kept = Buffer.alloc(BYTES);
    const after = liveMemoryBytes();
    expect(kept.length).to.equal(BYTES);
    expect(after - before).to.be.closeTo(BYTES, BYTES / 4);
  });
});

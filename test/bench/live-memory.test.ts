import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

const BYTES = 64 * 2 ** 20;
const module = new URL('../../bench/node/live-memory.js', import.meta.url).href;

/** What a buffer adds, in a process that has no other garbage. */
const program = `
  import { liveMemoryBytes } from ${JSON.stringify(module)};
  const before = liveMemoryBytes();
  const kept = Buffer.alloc(${String(BYTES)});
  console.log(liveMemoryBytes() - before, kept.length);`;

describe('the live memory of a process', () => {
  it('counts a buffer once', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    const [added, kept] = stdout.split(' ').map(Number);
    expect(kept).to.equal(BYTES);
    expect(added).to.be.closeTo(BYTES, BYTES / 4);
  });
});

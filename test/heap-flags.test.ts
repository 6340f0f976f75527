import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { HEAP_FLAGS } from '../src/heap-flags.js';

const fileAt = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the flags of a node', () => {
  it('are the same wherever a node is started', async () => {
    const command = `node ${HEAP_FLAGS.join(' ')} `;
    const { scripts } = JSON.parse(await fileAt('package.json')) as { scripts: Record<string, string> };
    expect(scripts['start']).to.include(command);
    expect(await fileAt('docs/OPERATIONS.md')).to.include(command);
  });

  it('are known to this Node, which ends at once where one is not', async () => {
    const print = 'process.stdout.write("runs")';
    const { stdout } = await promisify(execFile)(process.execPath, [...HEAP_FLAGS, '--eval', print]);
    expect(stdout).to.equal('runs');
  });
});

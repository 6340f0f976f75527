import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { commitOf } from '../../bench/commit.js';

describe('the commit of a result', () => {
  let checkout: string;
  const git = (...args: string[]): string => {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...who, ...args], { cwd: checkout, encoding: 'utf8', stdio: 'pipe' }).trim();
  };
  const write = (file: string, text: string): Promise<void> => writeFile(path.join(checkout, file), text);
  beforeEach(async () => {
    checkout = await mkdtemp(path.join(os.tmpdir(), 'cinema-commit-'));
    await mkdir(path.join(checkout, 'bench/results'), { recursive: true });
    for (const file of ['package.json', 'bench/main.ts', 'bench/results/peers.json']) await write(file, 'as it was');
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Begin');
  });
  afterEach(() => rm(checkout, { recursive: true }));

  it('is the one of the checkout, wherever the benchmark is run', () => {
    expect(commitOf(checkout)).to.equal(git('rev-parse', '--short', 'HEAD'));
  });

  for (const file of ['package.json', 'bench/main.ts']) {
    it(`has a mark when ${file} differs from it`, async () => {
      await write(file, 'changed');
      expect(commitOf(checkout)).to.equal(`${git('rev-parse', '--short', 'HEAD')}+`);
    });
  }

  it('has none for earlier results, and for files that nothing uses', async () => {
    await write('bench/results/peers.json', 'newer');
    await write('figures.json', 'new');
    expect(commitOf(checkout)).not.to.include('+');
  });

  it('is unknown where there is no git', async () => {
    await rm(path.join(checkout, '.git'), { recursive: true });
    expect(commitOf(checkout)).to.equal('unknown');
  });
});

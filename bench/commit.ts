import { execFileSync } from 'node:child_process';

/**
 * What was measured: the short hash of the checkout's commit, with + when files differ from it; `unknown` where
 * there is no git. Results do not count, which runs before this one have written, nor do files git has not
 * been told of: without a change in one it knows they are not used.
 */
export function commitOf(checkout: string): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: checkout, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const changes = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':(exclude)bench/results');
    return `${git('rev-parse', '--short', 'HEAD')}${changes === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

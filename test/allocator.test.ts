import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { allocatorEnvironment, allocatorOfNodes, findJemalloc, keepAllocatorFromChildren } from '../src/allocator.js';
import { tryToInstallJemalloc } from '../src/setup/jemalloc.mjs';

const execute = promisify(execFile);
const rootUrl = new URL('../../', import.meta.url);

describe('the allocator of a node', () => {
  before(function () {
    this.timeout(120_000);
    if (findJemalloc() === undefined) tryToInstallJemalloc();
  });

  it('is jemalloc where npm start and whoever starts nodes find it, at one place', async () => {
    const { stdout } = await execute('sh', ['src/setup/jemalloc.sh'], { cwd: rootUrl });
    expect(stdout.trim()).to.equal(findJemalloc() ?? '');
    expect(allocatorEnvironment({})).to.deep.equal(findJemalloc() === undefined ? {} : { LD_PRELOAD: findJemalloc() });
    const { scripts } = JSON.parse(await readFile(new URL('package.json', rootUrl), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['start']).to.match(
      /^exec env LD_PRELOAD="\$\{LD_PRELOAD-\$\(sh src\/setup\/jemalloc\.sh\)\}" node /,
    );
  });

  it('is in the process that is started with it, and in none that this one starts', async function () {
    if (os.platform() !== 'linux' || findJemalloc() === undefined) this.skip();
    const grep = 'grep -c jemalloc /proc/$$/maps || true';
    const program = `
      import { execFileSync } from 'node:child_process';
      import { readFileSync } from 'node:fs';
      import { keepAllocatorFromChildren } from ${JSON.stringify(new URL('dist/src/allocator.js', rootUrl).href)};
      const own = readFileSync('/proc/self/maps', 'utf8').includes('jemalloc');
      keepAllocatorFromChildren();
      const childLines = execFileSync('sh', ['-c', ${JSON.stringify(grep)}], { encoding: 'utf8' });
      process.stdout.write(JSON.stringify({ own, childLines: Number(childLines) }));`;
    const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, ...allocatorEnvironment({}) },
    });
    expect(JSON.parse(stdout)).to.deep.equal({ own: true, childLines: 0 });
  });

  it('is another when LD_PRELOAD says so', () => {
    expect(allocatorEnvironment({ LD_PRELOAD: '' })).to.deep.equal({});
    const environment = { LD_PRELOAD: '/opt/lib/other.so' };
    expect(allocatorEnvironment(environment)).to.deep.equal({});
    keepAllocatorFromChildren(environment);
    expect(environment).to.deep.equal({ LD_PRELOAD: '/opt/lib/other.so' });
    expect(allocatorOfNodes(environment)).to.equal('system');
    expect(allocatorOfNodes({ LD_PRELOAD: '/opt/lib/libjemalloc.so' })).to.equal('jemalloc');
  });
});

import { expect } from 'chai';
import type { ReadCache } from '../../src/cluster/ports.js';
import { eventually } from '../support/eventually.js';
import { CACHE, note, type ClusterFixture, type ClusterNode, type OpenFixture } from './cluster-fixture.js';

/** What every read cache does: it never gives a value from before an invalidation that it has seen. */
export function readCacheContract(open: OpenFixture): void {
  let fixture: ClusterFixture;
  let node: ClusterNode;
  let cache: ReadCache;
  beforeEach(async () => {
    fixture = await open();
    node = await fixture.node();
    cache = node.cache;
  });
  afterEach(() => fixture.close());

  const bytes = (text: string): Uint8Array => Buffer.from(text);
  const tokenOf = async (key: string, from: ReadCache = cache): Promise<string> => {
    const read = await from.read(key);
    if (read?.kind !== 'miss') throw new Error(`no token but ${JSON.stringify(read)}`);
    return read.token;
  };
  const valueOf = async (key: string, from: ReadCache = cache): Promise<string | undefined> => {
    const read = await from.read(key);
    return read?.kind === 'hit' ? Buffer.from(read.value).toString('latin1') : undefined;
  };
  /** As a change of what the values were made from does; done once another key's value is gone. */
  const invalidate = async (...keys: readonly string[]): Promise<void> => {
    await cache.write('mark', await tokenOf('mark'), bytes('mark'));
    node.bus.publish('changes', note(1, { outdates: [...keys, 'mark'] }));
    await eventually('the invalidation', async () => (await valueOf('mark')) === undefined);
  };

  it('keeps a value for all nodes, whatever its bytes', async () => {
    const other = (await fixture.node()).cache;
    const value = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    await cache.write('k', await tokenOf('k'), value);
    expect(await valueOf('k', other)).to.equal(Buffer.from(value).toString('latin1'));
    expect(await valueOf('k')).to.equal(Buffer.from(value).toString('latin1'));
    expect(await valueOf('another')).to.equal(undefined);
  });

  it('keeps an empty value', async () => {
    await cache.write('k', await tokenOf('k'), bytes(''));
    expect(await valueOf('k')).to.equal('');
  });

  it('throws away the values that a message makes outdated, and no others', async () => {
    for (const key of ['k', 'l', 'm']) await cache.write(key, await tokenOf(key), bytes(key));
    await invalidate('k', 'l', 'nobody caches this');
    expect([await valueOf('k'), await valueOf('l'), await valueOf('m')]).to.deep.equal([undefined, undefined, 'm']);
  });

  it('refuses a value that an invalidation overtook, also when somebody asked since', async () => {
    const early = await tokenOf('k');
    await invalidate('k');
    await cache.write('k', early, bytes('old'));
    const late = await tokenOf('k');
    expect(late).to.not.equal(early);
    await cache.write('k', early, bytes('old'));
    expect(await valueOf('k')).to.equal(undefined);
    await cache.write('k', late, bytes('new'));
    expect(await valueOf('k')).to.equal('new');
    await cache.write('k', early, bytes('old'));
    expect(await valueOf('k')).to.equal('new');
  });

  it('takes a value from any of those who asked before it was there', async () => {
    const other = (await fixture.node()).cache;
    const tokens = [await tokenOf('k'), await tokenOf('k', other)];
    await other.write('k', tokens[1] ?? '', bytes('theirs'));
    await cache.write('k', tokens[0] ?? '', bytes('ours'));
    expect(await valueOf('k')).to.be.oneOf(['theirs', 'ours']);
  });

  it('refuses a token it did not give', async () => {
    await tokenOf('k');
    await cache.write('k', 'made up', bytes('v'));
    await cache.write('l', '', bytes('v'));
    expect([await valueOf('k'), await valueOf('l')]).to.deep.equal([undefined, undefined]);
  });

  it('keeps nothing for longer than its time, values and tokens', async () => {
    await cache.write('k', await tokenOf('k'), bytes('v'));
    await fixture.expireEntry('k');
    expect(await valueOf('k')).to.equal(undefined);
    const token = await tokenOf('k');
    await fixture.expireEntry('k');
    await cache.write('k', token, bytes('v'));
    expect(await valueOf('k')).to.equal(undefined);
  });

  it('does not keep a value that is too large', async () => {
    const largest = 'x'.repeat(CACHE.cacheValueBytesMax);
    await cache.write('k', await tokenOf('k'), bytes(`${largest}x`));
    expect(await valueOf('k')).to.equal(undefined);
    await cache.write('k', await tokenOf('k'), bytes(largest));
    expect(await valueOf('k')).to.equal(largest);
  });

  it('answers nothing while the store is away, and never rejects', async () => {
    const token = await tokenOf('k');
    fixture.goAway();
    expect(await cache.read('k')).to.equal(undefined);
    await cache.write('k', token, bytes('v'));
    fixture.comeBack();
    await eventually('the store to be back', async () => (await cache.read('k')) !== undefined);
    expect(await tokenOf('k')).to.equal(token);
  });
}

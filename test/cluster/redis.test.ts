import { expect } from 'chai';
import { LeasesUnavailable } from '../../src/cluster/ports.js';
import { busContract } from '../conformance/bus.js';
import { CACHE, LEASE_TTL_MS, member, note, noteCodec, type Note } from '../conformance/cluster-fixture.js';
import { leasesContract } from '../conformance/leases.js';
import { readCacheContract } from '../conformance/read-cache.js';
import { eventually } from '../support/eventually.js';
import { freshRedis, type TestRedis } from '../support/redis.js';
import { openRedisFixture, openTestNode } from './redis-fixture.js';

type TestNode = Awaited<ReturnType<typeof openTestNode>>;

describe('the cluster in Redis', function () {
  this.timeout(20_000);

  describe('leases', () => {
    leasesContract(openRedisFixture);
  });
  describe('bus', () => {
    busContract(openRedisFixture);
  });
  describe('read cache', () => {
    readCacheContract(openRedisFixture);
  });
});

describe('what the cluster keeps in Redis', function () {
  this.timeout(20_000);
  const [a, b] = [member('a'), member('b')];
  const lines: { level: string; message: string; fields: unknown }[] = [];
  const probed = { lost: [] as string[], garbage: [] as string[] };
  let redis: TestRedis;
  let node: TestNode;
  let key: (name: string) => string;
  beforeEach(async () => {
    redis = await freshRedis();
    key = (name) => `{${redis.keyPrefix}}:${name}`;
    lines.length = probed.lost.length = probed.garbage.length = 0;
    node = await openTestNode(
      redis,
      { publishesInFlightMax: 10 },
      {
        log: (level, message, fields) => lines.push({ level, message, fields }),
        probe: {
          publishLost: (why) => probed.lost.push(why),
          garbageReceived: (topic) => probed.garbage.push(topic),
          cacheRead: () => undefined,
        },
      },
    );
  });
  afterEach(async () => {
    await node.close();
    await redis.drop();
  });

  const unavailable = async (asking: Promise<unknown>): Promise<string> => {
    const error = await asking.catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(LeasesUnavailable);
    return error instanceof Error ? error.message : '';
  };

  it('is under the prefix, in braces: the hash tag that puts it into one slot', async () => {
    await node.leases({ leaseTtlMs: LEASE_TTL_MS }).renew(a);
    await node.readCache().read('k');
    const keys = await redis.client.keys(`*${redis.keyPrefix}*`);
    const names = ['lease:a', 'view', 'cache:k'];
    expect(keys).to.have.members(names.map((name) => `{${redis.keyPrefix}}:${name}`));
  });

  it('has a lease as the JSON of its member, for the lease time from the last renewal', async () => {
    const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
    await leases.renew(a);
    await redis.client.pexpire(key('lease:a'), 30_000);
    await leases.renew(a);
    expect(JSON.parse((await redis.client.get(key('lease:a'))) ?? '')).to.deep.equal(a);
    expect(await redis.client.pttl(key('lease:a'))).to.be.within(LEASE_TTL_MS - 10_000, LEASE_TTL_MS);
  });

  it('loses a lease that is not renewed', async () => {
    const leases = node.leases({ leaseTtlMs: 100 });
    await leases.renew(a);
    await eventually('the lease to run out', async () => {
      const { view } = await leases.renew(b);
      return view.members.length === 1;
    });
  });

  it('has a cached value for its time, and its token too', async () => {
    const cache = node.readCache();
    const read = await cache.read('k');
    expect(await redis.client.pttl(key('cache:k'))).to.be.within(CACHE.cacheTtlMs - 10_000, CACHE.cacheTtlMs);
    await redis.client.pexpire(key('cache:k'), 10_000);
    await cache.write('k', read?.kind === 'miss' ? read.token : '', Buffer.from('value'));
    expect(await redis.client.pttl(key('cache:k'))).to.be.within(CACHE.cacheTtlMs - 10_000, CACHE.cacheTtlMs);
  });

  describe('when a key of ours holds what is not ours', () => {
    const stranger = JSON.stringify({ bootId: 'x' });
    const cases: readonly { what: string; name: string; put: (at: string) => Promise<unknown> }[] = [
      { what: 'text under the lease', name: 'lease:a', put: (at) => redis.client.set(at, 'no JSON {') },
      { what: 'JSON under the lease', name: 'lease:a', put: (at) => redis.client.set(at, '[1]') },
      { what: 'a number under the lease', name: 'lease:a', put: (at) => redis.client.set(at, '17') },
      {
        what: "another program's object under the lease",
        name: 'lease:a',
        put: (at) => redis.client.set(at, stranger),
      },
      { what: "another node's record", name: 'lease:a', put: (at) => redis.client.set(at, JSON.stringify(b)) },
      { what: 'a list under the lease', name: 'lease:a', put: (at) => redis.client.rpush(at, 'x') },
      { what: 'text under the view', name: 'view', put: (at) => redis.client.set(at, 'text') },
      { what: "another program's hash under the view", name: 'view', put: (at) => redis.client.hset(at, 'x', '1') },
      {
        what: 'a view whose version is no number',
        name: 'view',
        put: (at) => redis.client.hset(at, 'generation', 'g', 'version', 'one'),
      },
    ];
    for (const { what, name, put } of cases) {
      it(`such as ${what}, names the key and leaves it alone`, async () => {
        const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
        await put(key(name));
        const before = await redis.client.dumpBuffer(key(name));
        expect(await unavailable(leases.renew(a))).to.include(key(name));
        await leases.release('a', a.bootId).catch(() => undefined);
        expect(await redis.client.dumpBuffer(key(name))).to.deep.equal(before);
        await redis.client.del(key(name));
        expect(await leases.renew(a)).to.include({ kind: 'held' });
      });
    }

    it('such as a list under the lease of another node, that node is not alive, and nobody else is held up', async () => {
      const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
      await leases.renew(b);
      const { version } = (await leases.renew(a)).view;
      await redis.client.del(key('lease:b'));
      await redis.client.rpush(key('lease:b'), 'x');
      const views = [await leases.renew(a), await leases.renew(a)].map(({ view }) => view);
      for (const view of views) expect(view).to.deep.include({ version: version + 1, members: [a] });
      expect(await redis.client.type(key('lease:b'))).to.equal('list');
    });

    for (const [what, record] of [
      ['text', 'text'],
      ["another node's record", JSON.stringify(member('c'))],
    ] as const) {
      it(`such as ${what} under the lease of another node, the log names the key, once`, async () => {
        const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
        await leases.renew(b);
        const { version } = (await leases.renew(a)).view;
        await redis.client.set(key('lease:b'), record);
        const views = [await leases.renew(a), await leases.renew(a)].map(({ view }) => view);
        for (const view of views) expect(view).to.deep.include({ version: version + 1, members: [a] });
        expect(lines.filter(({ level }) => level === 'error')).to.have.length(1);
        expect(JSON.stringify(lines)).to.include(key('lease:b'));
      });
    }

    it('such as a list in the cache, it answers nothing and says so once', async () => {
      const cache = node.readCache();
      await redis.client.rpush(key('cache:k'), 'x');
      await redis.client.set(key('cache:l'), 'x');
      expect(await cache.read('k')).to.equal(undefined);
      expect(await cache.read('k')).to.equal(undefined);
      await cache.write('k', 'token', Buffer.from('v'));
      expect(await cache.read('l')).to.equal(undefined);
      expect(lines).to.have.length(1);
    });

    it('such as garbage on a channel, it is counted, named once and not heard', async () => {
      const heard: Note[] = [];
      node.bus(noteCodec).subscribe('s', (message) => heard.push(message));
      await eventually('the subscription', async () => (await subscribers('s')) === 1);
      const envelope = Buffer.concat([Buffer.of(1), Buffer.alloc(22, 'o')]);
      const garbage = [Buffer.of(), Buffer.of(1), Buffer.from('text that has no envelope at all'), envelope];
      for (const payload of [...garbage, Buffer.concat([envelope, Buffer.from('{"position":"x"}\n')])]) {
        await redis.client.publish(key('topic:s'), payload);
      }
      await redis.client.publish(key('topic:s'), Buffer.concat([envelope, noteCodec.encode(note(7))]));
      await eventually('the good message', () => heard.length > 0);
      expect(heard).to.deep.equal([note(7)]);
      expect(probed.garbage).to.deep.equal(['s', 's', 's', 's', 's']);
      expect(lines).to.have.length(1);
      expect(JSON.stringify(lines)).to.include(key('topic:s'));
    });
  });

  const subscribers = async (topic: string): Promise<number> =>
    Number((await redis.client.pubsub('NUMSUB', key(`topic:${topic}`)))[1]);

  it('is listened to only while somebody on the node listens', async () => {
    const bus = node.bus(noteCodec);
    const stops = [bus.subscribe('s', () => undefined), bus.subscribe('s', () => undefined)];
    await eventually('the subscription', async () => (await subscribers('s')) === 1);
    stops[0]?.();
    bus.subscribe('t', () => undefined);
    await eventually('the other subscription', async () => (await subscribers('t')) === 1);
    expect(await subscribers('s')).to.equal(1);
    stops[1]?.();
    await eventually('the end of the subscription', async () => (await subscribers('s')) === 0);
  });

  it('is told no more than may be under way at once', async () => {
    const bus = node.bus(noteCodec);
    const heard: number[] = [];
    bus.subscribe('s', ({ position }) => heard.push(position));
    const other = await openTestNode(redis);
    const there: number[] = [];
    const otherBus = other.bus(noteCodec);
    await new Promise<void>((resolve) => {
      otherBus.subscribe('s', ({ position }) => there.push(position), resolve);
    });
    for (let position = 0; position < 25; position += 1) bus.publish('s', note(position));
    expect(probed.lost).to.deep.equal(Array.from({ length: 15 }, () => 'full'));
    expect(heard).to.have.length(25);
    await eventually('the others to arrive', () => there.length === 10);
    bus.publish('s', note(25));
    await eventually('the next to arrive', () => there.at(-1) === 25);
    await other.close();
  });

  it('outlives SCRIPT FLUSH', async () => {
    const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
    const bus = node.bus(noteCodec);
    const cache = node.readCache();
    const use = async (): Promise<void> => {
      expect(await leases.renew(a)).to.include({ kind: 'held' });
      const read = await cache.read('k');
      await cache.write('k', read?.kind === 'miss' ? read.token : '', Buffer.from('v'));
      expect(await cache.read('k')).to.include({ kind: 'hit' });
      bus.publish('s', note(1, { outdates: ['k'] }));
      await eventually('the invalidation', async () => (await cache.read('k'))?.kind === 'miss');
      await leases.release('a', a.bootId);
    };
    await use();
    await redis.client.script('FLUSH');
    await use();
    expect(probed.lost).to.deep.equal([]);
  });
});

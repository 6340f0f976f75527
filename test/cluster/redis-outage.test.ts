import { createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { LeasesUnavailable } from '../../src/cluster/ports.js';
import type { RedisServer } from '../../src/local-cluster/redis-server.js';
import { LEASE_TTL_MS, member, note, noteCodec } from '../conformance/cluster-fixture.js';
import { eventually } from '../support/eventually.js';
import { openTestRedis, ownRedisServer, type TestRedis } from '../support/redis.js';
import { COMMAND_TIMEOUT_MS, openTestNode } from './redis-fixture.js';

type TestNode = Awaited<ReturnType<typeof openTestNode>>;

/** More than a command takes when there is nothing to wait for, on a busy machine. */
const SOON_MS = 250;

describe('a Redis in trouble', function () {
  this.timeout(30_000);
  const a = member('a');
  const lines: string[] = [];
  const lost: string[] = [];
  let server: RedisServer;
  let opened: TestNode[];
  const closers: (() => void)[] = [];
  beforeEach(async () => {
    server = await ownRedisServer();
    opened = [];
    lines.length = lost.length = 0;
  });
  afterEach(async () => {
    await Promise.all(opened.map((node) => node.close()));
    for (const close of closers.splice(0)) close();
    await server.stop();
  });

  const open = async (url = server.url): Promise<TestNode> => {
    const node = await openTestNode(
      { url, keyPrefix: 'test' },
      {},
      {
        log: (_level, message) => lines.push(message),
        probe: { publishLost: (why) => lost.push(why), garbageReceived: () => undefined, cacheRead: () => undefined },
      },
    );
    opened.push(node);
    return node;
  };
  const connectAdmin = (): TestRedis['client'] => {
    const { client } = openTestRedis(server.url);
    closers.push(() => client.disconnect());
    return client;
  };
  const took = async (asking: () => Promise<unknown>): Promise<{ ms: number; error: unknown }> => {
    const startMs = performance.now();
    const error = await asking().then(
      () => undefined,
      (caught: unknown) => caught,
    );
    return { ms: performance.now() - startMs, error };
  };

  it('restarted empty, begins a new generation, is spoken of twice, and is heard again', async () => {
    const [node, other] = [await open(), await open()];
    const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
    const { generation } = (await leases.renew(a)).view;
    const heard: number[] = [];
    const bus = node.bus(noteCodec);
    const otherBus = other.bus(noteCodec);
    let listening = 0;
    bus.subscribe(
      's',
      ({ position }) => heard.push(position),
      () => (listening += 1),
    );
    await eventually('the first subscription', () => listening === 1);
    lines.length = 0;

    await server.kill('SIGKILL');
    await eventually('the outage to be noticed', () => node.problem() !== undefined && other.problem() !== undefined);
    const refused = await took(() => leases.renew(a));
    expect(refused.error).to.be.instanceOf(LeasesUnavailable);
    expect(refused.ms).to.be.below(SOON_MS);
    bus.publish('s', note(1));
    expect(heard, 'on the node itself').to.deep.equal([1]);
    await server.restart();

    await eventually('the subscription to stand again', () => listening === 2);
    await eventually('a message to arrive', () => {
      otherBus.publish('s', note(2));
      return heard.includes(2);
    });
    await eventually('both to have all connections', () => [node, other].every((each) => each.problem() === undefined));
    const back = await leases.renew(a);
    expect(back).to.include({ kind: 'held', wasMissing: true });
    expect(back.view.generation).to.not.equal(generation);
    expect(back.view).to.deep.include({ version: 1, members: [a] });
    expect(lines.filter((line) => line.startsWith('Redis is'))).to.have.members([
      'Redis is away; trying to reach it',
      'Redis is away; trying to reach it',
      'Redis is back',
      'Redis is back',
    ]);
  });

  it('frozen, fails within the command timeout, then at once, and goes on when it thaws', async () => {
    const [node, other] = [await open(), await open()];
    const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
    const cache = node.readCache();
    const bus = node.bus(noteCodec);
    await leases.renew(a);
    lines.length = 0;
    const heard: number[] = [];
    const otherBus = other.bus(noteCodec);
    otherBus.subscribe('s', ({ position }) => heard.push(position));
    await server.kill('SIGSTOP');
    const first = await Promise.all([took(() => leases.renew(a)), took(() => cache.read('k'))]);
    expect(first[0].error).to.be.instanceOf(LeasesUnavailable);
    expect(first[1].error).to.equal(undefined);
    for (const { ms } of first) expect(ms).to.be.below(COMMAND_TIMEOUT_MS + SOON_MS);
    const next = await Promise.all([
      took(() => leases.renew(a)),
      took(() => cache.read('k')),
      took(() => cache.write('k', 'token', Buffer.of(1))),
    ]);
    for (const { ms } of next) expect(ms).to.be.below(SOON_MS);
    bus.publish('s', note(1));
    expect(lost).to.deep.equal(['away']);
    await eventually('a silent subscription to be noticed', () => other.problem()?.includes('subscription') === true);

    await server.kill('SIGCONT');
    await eventually('the lease', () => leases.renew(a).then(Boolean, () => false));
    expect(await leases.renew(a)).to.include({ kind: 'held', wasMissing: false });
    await eventually('a message to arrive', () => {
      bus.publish('s', note(2));
      return heard.includes(2);
    });
  });

  it('killed, fails what was under way at once', async () => {
    const node = await open();
    const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
    await leases.renew(a);
    await server.kill('SIGSTOP');
    const asked = took(() => leases.renew(a));
    await server.kill('SIGKILL');
    const { ms, error } = await asked;
    expect(error).to.be.instanceOf(LeasesUnavailable);
    expect(ms).to.be.below(SOON_MS);
  });

  it('not there at the start, is waited for and named', async () => {
    await server.kill('SIGKILL');
    const opening = await took(async () => open());
    expect(opening.ms).to.be.below(COMMAND_TIMEOUT_MS * 2);
    const [node] = opened;
    if (node === undefined) throw new Error('not opened');
    expect(node.problem()).to.include('ECONNREFUSED');
    const { error } = await took(() => node.leases({ leaseTtlMs: LEASE_TTL_MS }).renew(a));
    expect(String(error)).to.include('ECONNREFUSED');
    await server.restart();
    await eventually('Redis to be there', () => node.problem() === undefined);
    expect(await node.leases({ leaseTtlMs: LEASE_TTL_MS }).renew(a)).to.include({ kind: 'held' });
  });

  it('with another password, is named without giving ours away', async () => {
    const admin = connectAdmin();
    await admin.config('SET', 'requirepass', 'right');
    const wrong = await open(server.url.replace('//', '//:wrong@'));
    expect(wrong.problem()).to.include('WRONGPASS').and.not.include('wrong@');
    const right = await open(server.url.replace('//', '//:right@'));
    expect(right.problem()).to.equal(undefined);
    expect(await right.leases({ leaseTtlMs: LEASE_TTL_MS }).renew(a)).to.include({ kind: 'held' });
  });

  it('full of keys of other people, is not searched, and keeps them', async () => {
    const client = connectAdmin();
    const theirs = Array.from({ length: 5_000 }, (_, i) => [`{test:lease:${String(i)}`, `test:view:${String(i)}`]);
    await client.mset(...theirs.flat().flatMap((key) => [key, 'theirs']));
    await client.config('RESETSTAT');
    const node = await open();
    const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
    expect((await leases.renew(a)).view.members).to.deep.equal([a]);
    node.bus(noteCodec).publish('s', note(1, { outdates: ['k'] }));
    await node.readCache().read('k');
    await leases.release('a', a.bootId);
    expect(await client.info('commandstats')).to.not.match(/cmdstat_(keys|scan|flushall|flushdb|dbsize):/);
    expect((await client.keys('*test:*:*')).length).to.be.at.least(10_000);
  });

  it('reached by rediss://, is spoken to in TLS', async () => {
    const sockets: Socket[] = [];
    const spoken: number[] = [];
    const listener = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        spoken.push(bytes[0] ?? -1);
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    });
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const node = await open(`rediss://127.0.0.1:${String(address.port)}`);
    const TLS_HANDSHAKE = 22;
    expect(spoken).to.include(TLS_HANDSHAKE);
    expect(new Set(spoken).size).to.equal(1);
    await node.close();
  });

  it('closed by the node, is not missed: nothing is said, everything fails at once, twice is once', async () => {
    const node = await open();
    const leases = node.leases({ leaseTtlMs: LEASE_TTL_MS });
    const cache = node.readCache();
    const bus = node.bus(noteCodec);
    lines.length = 0;
    await Promise.all([node.close(), node.close()]);
    await node.close();
    expect((await took(() => leases.renew(a))).error).to.be.instanceOf(LeasesUnavailable);
    expect(await cache.read('k')).to.equal(undefined);
    bus.publish('s', note(1));
    bus.subscribe('s', () => undefined)();
    expect(lines).to.deep.equal([]);
  });

  it('away, can be closed at any time', async () => {
    const node = await open();
    await server.kill('SIGSTOP');
    const frozen = await took(() => node.close());
    expect(frozen.ms).to.be.below(COMMAND_TIMEOUT_MS + SOON_MS);
    const connecting = await open();
    await connecting.close();
    await server.kill('SIGKILL');
    const retrying = await open();
    expect((await took(() => retrying.close())).ms).to.be.below(SOON_MS);
  });
});

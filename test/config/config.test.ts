import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ConfigError, configTable, loadConfig, readConfig, type ConfigInput } from '../../src/config/index.js';
import { httpLimits } from '../../src/transport/http/limits.js';

/** The lines of what is wrong, without their indent. */
function problemsOf(value: unknown): string[] {
  try {
    readConfig(value, 'the file');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [head, ...lines] = error.message.split('\n');
    expect(head).to.equal(
      lines.length === 1 ? '1 problem in the file:' : `${String(lines.length)} problems in the file:`,
    );
    return lines.map((line) => line.trim());
  }
  return [];
}

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({}, 'nothing')).to.deep.equal(
      readConfig(
        {
          node: {},
          cluster: {},
          redis: {},
          postgres: {},
          runtime: {},
          screening: {},
          streams: {},
          grpc: {},
          http: {},
          health: {},
        },
        'empty sections',
      ),
    );
  });

  it('listens on loopback, keeps what it commits, and loads no demo, unless told', () => {
    const { node, postgres, demoData } = readConfig({}, 'nothing');
    expect(node).to.deep.include({ host: '127.0.0.1', grpcPort: 50_051, httpPort: 8_080 });
    expect(postgres).to.deep.include({ url: null, dataDir: '.data/postgres', allowUnsafeDurability: false });
    expect(demoData).to.equal(false);
  });

  it('agrees with the defaults of the HTTP port', () => {
    const { http, node } = readConfig({}, 'nothing');
    const limits = { ...http, closeTimeoutMs: node.closeTimeoutMs };
    expect(limits).to.deep.equal({ ...httpLimits(), allowedOrigins: http.allowedOrigins });
  });

  it('cluster.config.json says the defaults, lists three nodes, and asks for the demo', async () => {
    const file = await findUp('cluster.config.json');
    if (file === undefined) return; // compiled apart from the repository
    const config = await loadConfig(file, {});
    const { nodes } = config.cluster;
    expect(config).to.deep.equal(readConfig({ demoData: true, cluster: { nodes } }, 'defaults'));
    expect(nodes.map(({ id }) => id)).to.deep.equal(['node-1', 'node-2', 'node-3']);
    expect((await loadConfig(file, {}, 'node-1')).node).to.deep.equal({ ...config.node, advertisedHost: '127.0.0.1' });
  });

  it('lists every problem at once, each by its key', () => {
    const problems = problemsOf({
      node: { id: 'no spaces please', grpcPort: 65_536, logLevel: 'chatty' },
      postgres: { url: 'mysql://here', commitLanes: 0.5 },
      runtime: { mailboxLimit: 'many', snapshotMinEvents: 0 },
      http: { allowedOrigins: ['https://fine.example', 'nonsense/'] },
      demoData: 'yes',
    });
    const keys = problems.map((line) => line.slice(0, line.indexOf(':')));
    expect(keys).to.have.members([
      'node.id',
      'node.grpcPort',
      'node.logLevel',
      'postgres.url',
      'postgres.commitLanes',
      'runtime.mailboxLimit',
      'runtime.snapshotMinEvents',
      'http.allowedOrigins.1',
      'demoData',
    ]);
    for (const line of problems) expect(line.length, line).to.be.greaterThan(line.indexOf(':') + 5);
  });

  it('names a key it does not know, in a section and at the top', () => {
    expect(problemsOf({ runtime: { mailBoxLimit: 5 } }).join())
      .to.include('runtime')
      .and.include('mailBoxLimit');
    expect(problemsOf({ postgress: {} }).join()).to.include('postgress');
  });

  it('is an object', () => {
    for (const value of [null, 5, 'text', []]) expect(problemsOf(value)).to.have.length(1);
  });

  const relations: [string, ConfigInput, string, string][] = [
    ['runtime.turnBatchLimit', { runtime: { turnBatchLimit: 11, mailboxLimit: 10 } }, '11', '10'],
    ['runtime.wakeUpScanMs', { runtime: { wakeUpScanMs: 201, passivateAfterMs: 200 } }, '201', '200'],
    ['screening.maxSeatsPerRequest', { screening: { maxSeatsPerRequest: 7, maxSeatsPerBuyer: 6 } }, '7', '6'],
    ['screening.holdTtlMs', { screening: { holdTtlMs: 3_000, holdLifetimeMaxMs: 2_000 } }, '3000', '2000'],
    [
      'screening.seatingPlanSeatsMax',
      { screening: { seatingPlanSeatsMax: 300, cachedPlanSeatsMax: 200 } },
      '300',
      '200',
    ],
    ['grpc.commandBytesMax', { grpc: { commandBytesMax: 4_096, seatingPlanBytesMax: 2_048 } }, '4096', '2048'],
    [
      'postgres.statementTimeoutMs',
      { postgres: { statementTimeoutMs: 900 }, grpc: { commandTimeoutMs: 800 } },
      '900',
      '800',
    ],
    ['http.slowViewerBytes', { http: { slowViewerBytes: 4_096, viewerBacklogBytesMax: 5_000 } }, '', '5000'],
    ['redis.commandTimeoutMs', { redis: { commandTimeoutMs: 800 }, cluster: { leaseTtlMs: 1_599 } }, '800', '1599'],
    ['health.checkIntervalMs', { health: { checkIntervalMs: 700, stallMs: 600 } }, '700', '600'],
    ['cluster.leaseRenewMs', { cluster: { leaseRenewMs: 501 } }, '501', '1500'],
    ['cluster.leaseTtlMs', { cluster: { leaseTtlMs: 5_001 } }, '5001', '5000'],
    ['cluster.routeRetryMs', { cluster: { routeRetryMs: 201 } }, '201', '200'],
    ['cluster.handOffTimeoutMs', { cluster: { handOffTimeoutMs: 900, drainTimeoutMs: 800 } }, '900', '800'],
    ['cluster.peerBatchCallsMax', { cluster: { peerBatchCallsMax: 20, callsPerPeerMax: 10 } }, '20', '10'],
    ['cluster.peerConnectTimeoutMs', { cluster: { peerConnectTimeoutMs: 900, peerSilenceMs: 800 } }, '900', '800'],
    ['grpc.commandBytesMax', { cluster: { bytesPerPeerMax: 65_536 } }, '1048576', '65536'],
    ['redis.commandTimeoutMs', { redis: { commandTimeoutMs: 751 } }, '751', '1500'],
  ];
  for (const [key, input, value, other] of relations) {
    it(`relates ${key} to what it depends on, with both values`, () => {
      const problems = problemsOf(input);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(new RegExp(`^${key.replaceAll('.', '\\.')}: `));
      expect(problems[0]).to.include(value).and.include(other);
    });
  }

  it('lists relations that are broken beside values that are out of range', () => {
    const problems = problemsOf({
      node: { grpcPort: -1 },
      runtime: { turnBatchLimit: 11, mailboxLimit: 10 },
      health: { checkIntervalMs: 700, stallMs: 600 },
    });
    expect(problems.map((line) => line.slice(0, line.indexOf(':')))).to.have.members([
      'node.grpcPort',
      'runtime.turnBatchLimit',
      'health.checkIntervalMs',
    ]);
  });

  const problemsOfNodes = (...nodes: unknown[]): string[] => problemsOf({ cluster: { nodes } });

  it('names a node id that is there twice, by its place', () => {
    const twice = { id: 'b', host: 'host-2' };
    expect(problemsOfNodes({ id: 'a', host: 'host-1' }, twice, { ...twice, host: 'host-3' })).to.deep.equal([
      'cluster.nodes.2.id: b is cluster.nodes.1.id already',
    ]);
  });

  it('names an address that two nodes have, or a node has twice, by its place', () => {
    expect(
      problemsOfNodes({ id: 'a', host: 'host', peerPort: 7 }, { id: 'b', host: 'host', grpcPort: 8_080, httpPort: 7 }),
    ).to.deep.equal([
      'cluster.nodes.1.grpcPort: host:8080 is cluster.nodes.0.httpPort already',
      'cluster.nodes.1.httpPort: host:7 is cluster.nodes.0.peerPort already',
    ]);
    expect(problemsOf({ node: { httpPort: 50_151 } })).to.deep.equal([
      'node.peerPort: 127.0.0.1:50151 is node.httpPort already',
    ]);
  });

  it('takes ports a node does not name from the node section, and any free port for none', () => {
    const ports = { grpcPort: 0, httpPort: 0, peerPort: 0 };
    const nodes = [
      { id: 'a', host: 'host' },
      { id: 'b', host: 'host' },
    ];
    expect(problemsOf({ node: ports, cluster: { nodes } })).to.deep.equal([]);
    expect(problemsOf({ cluster: { nodes } })).to.have.length(3);
  });

  it('refuses an address that others are told and nobody can dial', () => {
    expect(problemsOfNodes({ id: 'a', host: '0.0.0.0' })).to.deep.equal([
      'cluster.nodes.0.host: nobody can dial 0.0.0.0; say it as listenHost',
    ]);
    const redis = { url: 'redis://there' };
    const node = { host: '::' };
    const told = 'node.advertisedHost: must be set in a cluster, for nobody can dial ::';
    expect(problemsOf({ node, redis })).to.deep.equal([told]);
    expect(problemsOf({ node, redis: {} }), 'alone').to.deep.equal([]);
    expect(problemsOf({ node: { ...node, advertisedHost: 'name' }, redis })).to.deep.equal([]);
    expect(problemsOf({ node, redis, cluster: { nodes: [{ id: 'a', host: 'name' }] } }), 'listed').to.deep.equal([]);
  });

  it('says what is wrong with the list of nodes even when they are wrong one by one too', () => {
    const keys = problemsOfNodes({ id: 'a', host: 'host' }, { id: 'a', host: 5, weight: 101 }, 'no node').map((line) =>
      line.slice(0, line.indexOf(':')),
    );
    expect(keys).to.have.members([
      'cluster.nodes.1.host',
      'cluster.nodes.1.weight',
      'cluster.nodes.2',
      'cluster.nodes.1.id',
    ]);
  });

  it('makes a table of every key, with its default and why', () => {
    const table = configTable();
    const rows = table.split('\n').slice(2);
    const leaves = Object.entries(readConfig({}, 'defaults')).flatMap(([section, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null ? Object.keys(value).map((key) => `${section}.${key}`) : [section],
    );
    expect(rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1])).to.deep.equal(leaves);
    for (const row of rows) expect(row, 'says why').to.match(/\| [^|]{10,} \|$/);
    expect(table).to.include('| `node.grpcPort` | `50051` |');
  });
});

describe('a configuration file', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-config-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function file(text: string): Promise<string> {
    const name = path.join(folder, 'cluster.config.json');
    await writeFile(name, text);
    return name;
  }
  const errorOf = (loading: Promise<unknown>): Promise<unknown> =>
    loading.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('gives its place to DATABASE_URL for the database, and to nothing else', async () => {
    const name = await file(
      JSON.stringify({ node: { id: 'n' }, postgres: { url: 'postgres://file/db', commitLanes: 3 } }),
    );
    const url = 'postgresql://user:secret@host:5432/other';
    expect((await loadConfig(name, { DATABASE_URL: url, GRPC_PORT: '1' })).postgres).to.deep.include({
      url,
      commitLanes: 3,
    });
    expect((await loadConfig(name, { DATABASE_URL: '' })).postgres.url).to.equal('postgres://file/db');
    expect((await loadConfig(name, {})).postgres.url).to.equal('postgres://file/db');
  });

  it('is not blamed for a DATABASE_URL that is wrong, whose password is not repeated', async () => {
    const error = await errorOf(loadConfig(await file('{}'), { DATABASE_URL: 'http://user:hunter2@host' }));
    expect(error).to.be.instanceOf(ConfigError);
    expect(String(error)).to.include('DATABASE_URL').and.not.include('hunter2');
  });

  it('is refused with a URL that nobody can read, before anything is opened by it', async () => {
    const name = await file('{}');
    for (const DATABASE_URL of ['postgres://u:hunter2@host:99999/db', 'postgres://:::']) {
      const error = await errorOf(loadConfig(name, { DATABASE_URL }));
      expect(error).to.be.instanceOf(ConfigError);
      expect(String(error)).to.include('postgres.url: must be a postgres:// URL').and.not.include('hunter2');
    }
    const wrong = await errorOf(loadConfig(name, { REDIS_URL: 'redis://host:port' }));
    expect(String(wrong)).to.include('redis.url: must be a redis:// or rediss:// URL');
    const socket = 'postgres://user:password@/cinema?host=/var/run/postgresql';
    expect((await loadConfig(name, { DATABASE_URL: socket })).postgres.url).to.equal(socket);
  });

  it('gives its place to REDIS_URL for Redis, and names both variables when both are wrong', async () => {
    const name = await file(JSON.stringify({ redis: { url: 'redis://file', keyPrefix: 'p' } }));
    const url = 'rediss://:secret@host:6379/2';
    expect((await loadConfig(name, { REDIS_URL: url })).redis).to.deep.include({ url, keyPrefix: 'p' });
    expect((await loadConfig(name, { REDIS_URL: '' })).redis.url).to.equal('redis://file');
    const wrong = { REDIS_URL: 'http://:hunter2@host', DATABASE_URL: 'http://host' };
    const error = String(await errorOf(loadConfig(name, wrong)));
    expect(error).to.include('2 problems in DATABASE_URL and REDIS_URL:').and.not.include('hunter2');
  });

  const nodes = [
    { id: 'a', host: 'host-a' },
    { id: 'b', host: 'host-b', grpcPort: 1, httpPort: 2, peerPort: 3, advertisedPeerPort: 5, weight: 4, zone: 'z' },
    { id: 'c', host: 'host-c', listenHost: '0.0.0.0' },
  ];
  const node = { id: 'own', host: 'host-own', advertisedHost: 'name', grpcPort: 10, weight: 7, logLevel: 'warn' };

  it('is read as one of its nodes when told which, by argument before environment', async () => {
    const name = await file(JSON.stringify({ node, cluster: { nodes } }));
    const as = async (argument?: string, NODE_ID?: string) => (await loadConfig(name, { NODE_ID }, argument)).node;
    expect(await as()).to.deep.include(node);
    expect(await as(undefined, '')).to.deep.include(node);
    expect(await as('b')).to.deep.include({ ...nodes[1], advertisedHost: 'host-b', logLevel: 'warn' });
    expect(await as(undefined, 'b')).to.have.property('id', 'b');
    expect(await as('a', 'b'), 'what it does not say is the section').to.deep.include({
      ...{ id: 'a', host: 'host-a', advertisedHost: 'host-a', grpcPort: 10, httpPort: 8_080, weight: 7 },
    });
    expect(await as('c')).to.deep.include({ host: '0.0.0.0', advertisedHost: 'host-c' });
  });

  it('names its nodes when told of one it has not', async () => {
    const name = await file(JSON.stringify({ node, cluster: { nodes } }));
    for (const error of [await errorOf(loadConfig(name, {}, 'd')), await errorOf(loadConfig(name, { NODE_ID: 'd' }))]) {
      expect(error).to.be.instanceOf(ConfigError);
      expect(String(error)).to.include(`cluster.nodes in ${name} lists no node "d", but a, b, c`);
    }
    const none = await file('{}');
    expect(String(await errorOf(loadConfig(none, {}, 'd')))).to.include('lists no node "d", nor any other');
  });

  it('that is not there, or not JSON, is named', async () => {
    const absent = path.join(folder, 'absent.json');
    expect(await errorOf(loadConfig(absent, {})))
      .to.be.instanceOf(ConfigError)
      .with.property('message', `there is no file ${absent}`);
    expect(String(await errorOf(loadConfig(folder, {})))).to.include(`${folder} cannot be read: EISDIR`);
    const broken = await file('{ "node": ');
    expect(await errorOf(loadConfig(broken, {}))).to.be.instanceOf(ConfigError);
    expect(String(await errorOf(loadConfig(broken, {})))).to.include(broken);
  });
});

/** The nearest file of this name above this one. */
async function findUp(name: string): Promise<string | undefined> {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (folder !== path.dirname(folder)) {
    const candidate = path.join(folder, name);
    if (
      await readFile(candidate).then(
        () => true,
        () => false,
      )
    )
      return candidate;
    folder = path.dirname(folder);
  }
  return undefined;
}

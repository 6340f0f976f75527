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
    expect(head).to.equal(`the file has ${String(lines.length)} problem(s):`);
    return lines.map((line) => line.trim());
  }
  return [];
}

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({}, 'nothing')).to.deep.equal(
      readConfig(
        { node: {}, postgres: {}, runtime: {}, screening: {}, streams: {}, grpc: {}, http: {}, health: {} },
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

  it('cluster.config.json says the defaults, and asks for the demo', async () => {
    const file = await findUp('cluster.config.json');
    if (file === undefined) return; // compiled apart from the repository
    const config = await loadConfig(file, {});
    expect(config).to.deep.equal(readConfig({ demoData: true }, 'defaults'));
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
    ['health.checkIntervalMs', { health: { checkIntervalMs: 700, stallMs: 600 } }, '700', '600'],
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

  it('that is not there, or not JSON, is named', async () => {
    const absent = path.join(folder, 'absent.json');
    expect(String(await errorOf(loadConfig(absent, {})))).to.include(absent);
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

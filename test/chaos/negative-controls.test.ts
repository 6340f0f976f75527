import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { connectBoxOffice } from '../support/box-office-client.js';
import { createScreening } from '../support/journey.js';
import { Caller } from './caller.js';
import { openClusterUnderTest, type ClusterUnderTest, type NodeUnderTest } from './cluster-under-test.js';
import { HistoryRecorder, type Outcome, type Request } from './history.js';
import { checkHistory } from './linearizability/check-history.js';
import { brokenProgram, type Sabotage } from './sabotage.js';
import { auditTables } from './table-audit.js';

const SEAT = '1-1';

/** Two nodes, a screening that one of them has in memory, and a caller whose answers are recorded. */
interface Stage {
  readonly owner: NodeUnderTest;
  readonly other: NodeUnderTest;
  ask(client: string, request: Request, node: NodeUnderTest): Promise<Outcome>;
  /** The answer of the first node gets lost on the way, so the second is asked the same. */
  askAgain(client: string, request: Request, first: NodeUnderTest, second: NodeUnderTest): Promise<Outcome>;
}

type Scenario = (stage: Stage) => Promise<void>;

const holdOf = (buyerId: string): Request => ({ kind: 'hold', buyerId, seatIds: [SEAT], ttlMs: 600_000 });

/** A node is frozen for longer than its lease; it wakes up to a request that came meanwhile. */
const zombie =
  (wish: (buyerId: string) => Request): Scenario =>
  async ({ owner, other, ask }) => {
    await owner.kill('SIGSTOP');
    const late = ask('late', wish('late'), owner);
    expect((await ask('in-time', wish('in-time'), other)).kind).to.equal('ok');
    await owner.kill('SIGCONT');
    await late;
  };

/** A booking is answered, and the node that answered is killed at once. */
const killedAfterAnswer: Scenario = async ({ owner, other, ask }) => {
  const held = await ask('anna', holdOf('anna'), owner);
  const confirm: Request = { kind: 'confirm', buyerId: 'anna', holdToken: idIn(held) };
  const booked = await ask('anna', confirm, owner);
  await owner.kill('SIGKILL');
  await ask('anna', { kind: 'get-booking', bookingId: idIn(booked) }, other);
};

/** Answers get lost, and requests are repeated. */
const answersLost: Scenario = async ({ owner, other, ask, askAgain }) => {
  const held = await ask('anna', holdOf('anna'), owner);
  await askAgain('anna', { kind: 'confirm', buyerId: 'anna', holdToken: idIn(held) }, owner, other);
};

describe('chaos, were a guarantee missing', function () {
  this.timeout(120_000);

  let real: ClusterUnderTest;
  before(async () => {
    real = await openClusterUnderTest({ nodes: 2 });
  });
  afterEach(() => real.heal());
  after(() => real.close());

  /** What the checks of a chaos round say of it. Without sabotage the nodes run the program as it is. */
  async function play(scenario: Scenario, sabotage?: Sabotage): Promise<readonly string[]> {
    if (sabotage === undefined) return playOn(real, scenario);
    const cluster = await openClusterUnderTest({ nodes: 2, ...brokenProgram(sabotage) });
    try {
      return await playOn(cluster, scenario);
    } finally {
      // Whatever it still holds back is of no interest: no drain.
      await Promise.all(cluster.nodes.map((node) => node.kill('SIGKILL')));
      await cluster.close();
    }
  }

  it('finds nothing when a frozen owner wakes up, for the epoch fences it', async () => {
    expect(await play(zombie(holdOf))).to.deep.equal([]);
  });

  it('finds that a frozen owner that wakes up gives a seat out again without the fence', async () => {
    const found = await play(zombie(holdOf), 'fence');
    expect(found.join('\n')).to.match(/no order explains.*late.*hold/s);
  });

  it('finds that without the fence the key of sold seats still refuses a second sale', async () => {
    const found = await play(
      zombie((buyerId) => ({ kind: 'book', buyerId, seatIds: [SEAT] })),
      'fence',
    );
    expect(found.filter((line) => !line.includes('the database refused a turn'))).to.deep.equal([]);
    expect(found).to.have.length.at.least(1);
  });

  it('finds nothing when an owner is killed after an answer, for it was durable', async () => {
    expect(await play(killedAfterAnswer)).to.deep.equal([]);
  });

  it('finds that answers before the commit lose bookings', async () => {
    const found = (await play(killedAfterAnswer, 'gate')).join('\n');
    expect(found).to.include('an acknowledged booking is lost');
    expect(found).to.match(/no order explains.*get-booking/s);
  });

  it('finds nothing when answers get lost, for requests are remembered', async () => {
    expect(await play(answersLost)).to.deep.equal([]);
  });

  it('finds that a repeated request is refused because of itself when none is remembered', async () => {
    expect((await play(answersLost, 'idempotency')).join('\n')).to.match(/no order explains.*confirm/s);
  });
});

async function playOn(cluster: ClusterUnderTest, scenario: Scenario): Promise<readonly string[]> {
  const recorder = HistoryRecorder.create(path.join(cluster.folder, 'history.jsonl'), 'none');
  const caller = new Caller(new Map(cluster.nodes.map(({ id, grpcAddress }) => [id, grpcAddress])), recorder);
  const questionOf = (client: string, screeningId: string, request: Request) => ({
    ...{ client, screeningId, request },
    requestId: randomUUID(),
  });
  try {
    const screeningId = await openScreening(cluster);
    const ask: Stage['ask'] = (client, request, node) =>
      caller.ask(questionOf(client, screeningId, request), [node.id], { attemptMs: 9_000 });
    const [first] = cluster.nodes;
    if (first === undefined) throw new Error('no node');
    // Whoever is asked first has it in memory from then on. A seat of nobody's interest.
    await ask('nobody', { kind: 'hold', buyerId: 'nobody', seatIds: ['9-9'], ttlMs: 600_000 }, first);
    const [owner, other] = await ownerFirst(cluster, screeningId);
    const askAgain: Stage['askAgain'] = async (client, request, one, two) => {
      const question = questionOf(client, screeningId, request);
      const open = recorder.begin(question);
      open.attempt(one.id, 10_000);
      await caller.attempt(one.id, question, 9_000);
      open.attempt(two.id, 10_000);
      const outcome = await caller.attempt(two.id, question, 9_000);
      open.end(outcome);
      return outcome;
    };
    await scenario({ owner, other, ask, askAgain });
    const history = await recorder.close();
    return [
      ...checkHistory(history).map(({ kind, text }) => `${kind}: ${text}`),
      ...(await auditTables(cluster.postgresUrl, history)),
      ...cluster.complaints,
    ];
  } finally {
    caller.close();
  }
}

async function openScreening({ nodes }: ClusterUnderTest): Promise<string> {
  const client = connectBoxOffice(nodes[0]?.grpcAddress ?? '');
  try {
    return await createScreening(client, `control-${randomUUID()}`);
  } finally {
    client.close();
  }
}

async function ownerFirst(
  { nodes, postgresUrl }: ClusterUnderTest,
  screeningId: string,
): Promise<[NodeUnderTest, NodeUnderTest]> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  const { rows } = await client.query<{ node_id: string }>(
    'SELECT node_id FROM screening_owner WHERE screening_id = $1',
    [screeningId],
  );
  await client.end();
  const owner = nodes.find(({ id }) => id === rows[0]?.node_id);
  const other = nodes.find((node) => node !== owner);
  if (owner === undefined || other === undefined) throw new Error(`nobody has ${screeningId}`);
  return [owner, other];
}

function idIn(outcome: Outcome): string {
  if (outcome.kind !== 'ok') throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.answer.id;
}

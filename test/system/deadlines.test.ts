import { expect } from 'chai';
import { connectBoxOffice, failureOf, readFailure, type BoxOfficeClient } from '../support/box-office-client.js';
import { book, confirm, createScreening, hold, seatMap } from '../support/journey.js';
import { startNode, type TestNode } from '../support/node.js';
import { eventuallyWaiting, lockScreening, type RowLock } from './row-lock.js';

describe('a command that waits', function () {
  this.timeout(30_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  let lock: RowLock;
  before(async () => {
    node = await startNode({ runtime: { mailboxLimit: 4, turnBatchLimit: 1 } });
    client = connectBoxOffice(node.grpcAddress);
  });
  afterEach(() => lock.release());
  after(async () => {
    client.close();
    await node.stop();
  });

  /** A screening in memory whose commit is stuck with a hold of seat 1-1. */
  async function stuckScreening(
    screeningId: string,
  ): Promise<{ readonly first: ReturnType<typeof hold>; readonly revision: number }> {
    await createScreening(client, screeningId);
    const { revision } = await hold(client, { screeningId, buyerId: 'early', seatIds: ['9-1'] });
    lock = await lockScreening(node.database, screeningId);
    const first = hold(client, { screeningId, buyerId: 'first', seatIds: ['1-1'] });
    await lock.blocksSomeone();
    return { first, revision };
  }

  it('past its deadline has no effect', async () => {
    const screeningId = 'late';
    const { first, revision } = await stuckScreening(screeningId);
    const late = failureOf(hold(client, { screeningId, buyerId: 'late', seatIds: ['1-2'] }, 300));
    await eventuallyWaiting(node.httpUrl, screeningId, 1);
    expect(await late).to.deep.include({ code: 'DEADLINE_EXCEEDED' });
    await lock.release();
    expect((await first).revision).to.equal(revision + 1);
    const { seatMap: map } = await seatMap(client, screeningId);
    expect(map?.seats.map(({ seatId }) => seatId)).to.deep.equal(['1-1', '9-1']);
    const next = await hold(client, { screeningId, buyerId: 'next', seatIds: ['1-2'] });
    expect(next.revision, 'no turn in between').to.equal(revision + 2);
  });

  it('beyond the limit of the mailbox is refused at once, and told when to come back', async () => {
    const screeningId = 'full';
    const { first } = await stuckScreening(screeningId);
    const waiting = ['1-2', '1-3', '1-4', '1-5'].map((seat) =>
      hold(client, { screeningId, buyerId: seat, seatIds: [seat] }),
    );
    await eventuallyWaiting(node.httpUrl, screeningId, 4);
    const failure = await failureOf(hold(client, { screeningId, buyerId: 'one-too-many', seatIds: ['1-6'] }));
    expect(failure).to.deep.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
    expect(failure.retryDelayMs).to.be.greaterThan(0);
    await lock.release();
    await Promise.all([first, ...waiting]);
    const { seatMap: map } = await seatMap(client, screeningId);
    expect(map?.counts).to.deep.include({ held: 6 });
  });

  it('for a screening that is not in memory yet is bounded the same', async () => {
    const screeningId = await createScreening(client, 'cold');
    lock = await lockScreening(node.database, screeningId);
    const asked = ['1-1', '1-2', '1-3', '1-4', '1-5', '1-6', '1-7'].map((seat) =>
      hold(client, { screeningId, buyerId: seat, seatIds: [seat] }),
    );
    const failures = asked.map((answer) => answer.then(() => undefined, readFailure));
    // Those beyond the limit are told at once; the others wait for the claim.
    const told = await Promise.race(failures);
    expect(told).to.deep.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
    await lock.release();
    const outcomes = await Promise.all(failures);
    expect(outcomes.filter((failure) => failure === undefined)).to.have.length(4);
    expect(outcomes.filter((failure) => failure?.reason === 'OVERLOADED')).to.have.length(3);
  });

  it('to finish a sale overtakes staff, who overtake the public', async () => {
    const screeningId = 'lanes';
    await createScreening(client, screeningId);
    const { hold: taken } = await hold(client, { screeningId, buyerId: 'early', seatIds: ['9-1'] });
    lock = await lockScreening(node.database, screeningId);
    const first = hold(client, { screeningId, buyerId: 'first', seatIds: ['1-1'] });
    await lock.blocksSomeone();
    // They come in the reverse of the order in which they are served.
    const publics = [hold(client, { screeningId, buyerId: 'second', seatIds: ['1-2'] })];
    await eventuallyWaiting(node.httpUrl, screeningId, 1);
    publics.push(hold(client, { screeningId, buyerId: 'third', seatIds: ['1-3'] }));
    await eventuallyWaiting(node.httpUrl, screeningId, 2);
    const staff = book(client, { screeningId, buyerId: 'school', seatIds: ['2-1', '2-2'] });
    await eventuallyWaiting(node.httpUrl, screeningId, 3);
    const confirmed = confirm(client, { screeningId, buyerId: 'early', holdToken: taken?.holdToken ?? '' });
    await eventuallyWaiting(node.httpUrl, screeningId, 4);
    await lock.release();
    const { revision } = await first;
    expect((await confirmed).revision).to.equal(revision + 1);
    expect((await staff).revision).to.equal(revision + 2);
    expect((await Promise.all(publics)).map((answer) => answer.revision)).to.deep.equal([revision + 3, revision + 4]);
  });
});

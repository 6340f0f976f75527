import { expect } from 'chai';
import type { WatchSeatsResponse } from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { ApiError } from '../../src/transport/api/index.js';
import { eventually } from '../support/eventually.js';
import { spawnNode, type NodeProcess } from '../support/node.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { runCinema, startCinema, type RunningCinema } from './run-cinema.js';
import { openScriptedSeats, type ScriptedSeats } from './scripted-seats.js';

const progress = (resumeToken: string): WatchSeatsResponse => ({
  frame: { $case: 'progress', value: { epoch: 1, revision: 1, stale: false } },
  resumeToken,
});

describe('cinema watch', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let node: NodeProcess;
  const running: RunningCinema[] = [];
  const scripted: ScriptedSeats[] = [];

  before(async () => {
    database = await freshDatabase();
    node = await spawnNode(database.url);
  });
  after(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    for (const seats of scripted) seats.close();
    await node.dispose();
    await database.drop();
  });

  const watch = (...args: string[]): RunningCinema => {
    const started = startCinema(['watch', ...args, '--address', node.grpcAddress]);
    running.push(started);
    return started;
  };
  const watchAt = (seats: ScriptedSeats, ...args: string[]): RunningCinema => {
    scripted.push(seats);
    const started = startCinema(['watch', 'any', ...args, '--address', seats.address]);
    running.push(started);
    return started;
  };
  const shows = (watching: RunningCinema, text: RegExp): Promise<void> =>
    eventually(`${String(text)} from cinema watch`, () => text.test(watching.stdout()), 20_000);
  const book = async (seat: string): Promise<void> => {
    const run = await runCinema(['book', 'zal-10-tonight', seat, '--buyer', 'anna', '--address', node.grpcAddress]);
    expect(run.stderr).to.equal('');
  };

  it('shows each change in a line, goes on where it was after the node restarts, and ends at Ctrl-C', async () => {
    const watching = watch('zal-10-tonight');
    await shows(watching, /revision 1 {2}free 110/);
    await book('1-1');
    await shows(watching, /revision 2 {2}1-1 BOOKED/);
    await node.kill('SIGKILL');
    await node.restart();
    await book('1-2');
    await shows(watching, /revision 3 {2}(1-2 BOOKED|free 108)/);
    expect(watching.stderr()).to.include('connection lost');
    watching.child.kill('SIGINT');
    expect(await watching.ended).to.equal(0);
  });

  it('gives frames to programs, one line of JSON each', async () => {
    const watching = watch('zal-10-late', '--json');
    await shows(watching, /\n/);
    const frame: unknown = JSON.parse(watching.stdout().split('\n')[0] ?? '');
    expect(frame).to.have.nested.property('frame.snapshot.counts.free', 110);
    expect(frame).to.have.property('resume_token').that.is.not.equal('');
    watching.child.kill('SIGTERM');
    expect(await watching.ended).to.equal(0);
  });

  it('tries again with its token when it cannot be brought there in time, and no sooner than it is asked to', async () => {
    const seats = await openScriptedSeats(
      [progress('seen'), new ApiError('UNAVAILABLE', 'DRAINING', 'the node is going away')],
      [new ApiError('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'not there in time')],
      [new ApiError('RESOURCE_EXHAUSTED', 'OVERLOADED', 'too many', {}, [{ kind: 'retry-info', retryDelayMs: 1_500 }])],
      [progress('seen too')],
    );
    const watching = watchAt(seats, '--json');
    await shows(watching, /seen too/);
    expect(seats.opened.map(({ resumeToken }) => resumeToken)).to.deep.equal(['', 'seen', 'seen', 'seen']);
    const [, , third, fourth] = seats.opened.map(({ atMs }) => atMs);
    expect((fourth ?? 0) - (third ?? 0)).to.be.at.least(1_500);
    expect(watching.stderr().match(/trying again/g)).to.have.length(3);
    watching.child.kill('SIGTERM');
    expect(await watching.ended).to.equal(0);
  });

  it('ends when what is exhausted is not said to come back', async () => {
    const seats = await openScriptedSeats([new ApiError('RESOURCE_EXHAUSTED', 'SOME_LIMIT', 'that is all there is')]);
    const watching = watchAt(seats);
    expect(await watching.ended).to.equal(1);
    expect(watching.stderr()).to.match(/^RESOURCE_EXHAUSTED SOME_LIMIT: /);
  });

  it('does not try again what cannot be', async () => {
    const watching = watch('gone');
    expect(await watching.ended).to.equal(1);
    expect(watching.stderr()).to.match(/^NOT_FOUND SCREENING_NOT_FOUND: /);
  });
});

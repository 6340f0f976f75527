import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startNode, type TestNode } from '../support/node.js';
import { answerOf, cinemaAt, runCinema, startCinema, type Run } from './run-cinema.js';

const sportsHall = fileURLToPath(new URL('../../src/demo/seating-plans/riethsporthalle.json', import.meta.url));

describe('the cinema command', function () {
  this.timeout(30_000);
  let node: TestNode;
  let cinema: (...args: string[]) => Promise<Run>;
  let screenings = 0;

  before(async function () {
    this.timeout(60_000);
    node = await startNode();
    cinema = cinemaAt(node);
  });
  after(async () => {
    await node.stop();
  });

  /** A screening of the small demo hall that no other test uses. */
  const screening = async (...options: string[]): Promise<string> => {
    const id = `cli-${++screenings}`;
    const startsAt = new Date(Date.now() + 86_400_000).toISOString();
    const base = ['--id', id, '--auditorium', 'zal-10', '--title', 'CLI', '--starts-at', startsAt];
    answerOf(await cinema('--json', 'screening', 'create', ...base, ...options));
    return id;
  };

  it('ends quietly when nobody reads on', async () => {
    const list = startCinema(['screening', 'list', '--address', node.grpcAddress]);
    list.child.stdout?.destroy();
    expect([await list.ended, list.stderr()]).to.deep.equal([0, '']);
  });

  const hold = async (screeningId: string, buyer: string, ...seats: string[]): Promise<string> => {
    const answer = answerOf(await cinema('--json', 'hold', screeningId, ...seats, '--buyer', buyer));
    const { hold_token: token } = { hold_token: undefined, ...(answer['hold'] ?? {}) };
    return String(token);
  };

  it('lists what there is: the demo halls and their screenings, on sale now', async () => {
    const auditoriums = await cinema('auditorium', 'list');
    expect(auditoriums.stdout).to.match(/^riethsporthalle +Riethsporthalle Erfurt +1252 /m);
    expect(auditoriums.stdout).to.match(/^zal-10 +Zal 10 +110 +Standard /m);
    const list = await cinema('screening', 'list');
    expect(list.stdout).to.match(/^zal-10-tonight +The Night Usher +\d{4}-\d\d-\d\d 20:00 +zal-10 +110 +until /m);
    expect(list.stdout).to.include('riethsporthalle-premiere');
    expect(answerOf(await cinema('screening', 'list', '--limit', '2', '--json'))['screenings']).to.have.length(2);
  });

  it('lists upcoming screenings alone when asked to', async () => {
    const over = await screening('--starts-at', new Date(Date.now() - 3_600_000).toISOString());
    expect((await cinema('screening', 'list')).stdout).to.include(over);
    const upcoming = await cinema('screening', 'list', '--upcoming');
    expect(upcoming.stdout).to.include('zal-10-tonight').and.not.include(over);
  });

  it('says from when a screening is sold, as long as it is not', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const id = await screening('--sales-open-at', later);
    expect((await cinema('screening', 'list')).stdout).to.match(new RegExp(`^${id} .* from \\d{4}-\\d\\d-\\d\\d`, 'm'));
  });

  it('imports a plan, and says where a plan is wrong', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-cli-'));
    try {
      const imported = await cinema('auditorium', 'import', sportsHall, '--id', 'imported');
      expect(imported).to.deep.include({ code: 0, stderr: '' });
      expect(imported.stdout).to.include('auditorium imported: Riethsporthalle Erfurt, 1252 seats');
      const wrong = path.join(folder, 'wrong.json');
      await writeFile(wrong, '{"name":"x","size":{"width":1,"height":1},"categories":[],"zones":[]}');
      const refused = await cinema('auditorium', 'import', wrong);
      expect(refused.code).to.equal(1);
      expect(refused.stderr)
        .to.include('INVALID_ARGUMENT INVALID_FIELD')
        .and.to.match(/zones\S*: .*has no seats/);
      const missing = await cinema('auditorium', 'import', path.join(folder, 'none.json'));
      expect(missing.code).to.equal(1);
      expect(missing.stderr).to.include('ENOENT');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes a buyer from hold to booking and back', async () => {
    const id = await screening('--hold-ttl-seconds', '300');
    const token = await hold(id, 'anna', '1-1', '1-2', '1-3');
    expect((await cinema('extend', id, token, '--buyer', 'anna', '--ttl-seconds', '400')).stdout).to.match(
      /^hold \S+: .* until \d\d:\d\d:\d\d/,
    );
    expect((await cinema('release', id, token, '--buyer', 'anna', '--seats', '1-3')).stdout).to.match(
      /^released 1-3\n/,
    );
    const confirmed = answerOf(await cinema('confirm', id, token, '--buyer', 'anna', '--json'));
    expect(confirmed).to.have.nested.property('booking.state', 'ACTIVE');
    expect(confirmed).to.have.nested.property('booking.seat_ids').that.has.members(['1-1', '1-2']);
    const bookings = await cinema('bookings', '--screening', id);
    expect(bookings.stdout).to.match(/ anna +ACTIVE +1-[12] 1-[12] /);
    const { booking_id: bookingId } = { booking_id: undefined, ...(confirmed['booking'] ?? {}) };
    const cancelled = await cinema('cancel', id, String(bookingId), '--buyer', 'anna', '--seats', '1-1');
    expect(cancelled.stdout).to.match(/^cancelled 1-1\nbooking \S+: 1-2\n$/);
    const changes = await cinema('changes', id);
    expect(
      changes.stdout.match(
        /SCREENING_CREATED|SEATS_HELD|HOLD_EXTENDED|HOLD_RELEASED|HOLD_CONFIRMED|BOOKING_CANCELLED/g,
      ),
    ).to.deep.equal([
      'SCREENING_CREATED',
      'SEATS_HELD',
      'HOLD_EXTENDED',
      'HOLD_RELEASED',
      'HOLD_CONFIRMED',
      'BOOKING_CANCELLED',
    ]);
    expect(answerOf(await cinema('changes', id, '--from', '6', '--json'))['changes']).to.have.length(1);
  });

  it('names each seat that was not free, on stderr, and ends with 1', async () => {
    const id = await screening('--block', '9-1');
    await hold(id, 'anna', '5-1');
    answerOf(await cinema('book', id, '5-2', '--buyer', 'berta', '--json'));
    const refused = await cinema('hold', id, '5-1', '5-2', '9-1', '5-3', '--buyer', 'carl');
    expect(refused).to.deep.include({ code: 1, stdout: '' });
    expect(refused.stderr).to.match(/^FAILED_PRECONDITION SEAT_UNAVAILABLE: /);
    for (const line of [/5-1: SEAT_HELD/, /5-2: SEAT_BOOKED/, /9-1: SEAT_BLOCKED/])
      expect(refused.stderr).to.match(line);
    expect(refused.stderr).not.to.include('5-3');
    const asJson: unknown = JSON.parse((await cinema('hold', id, '5-1', '--buyer', 'carl', '--json')).stderr);
    expect(asJson).to.deep.include({ code: 'FAILED_PRECONDITION', reason: 'SEAT_UNAVAILABLE' });
  });

  it('names the field, the limit and what is unknown', async () => {
    const id = await screening('--max-seats-per-request', '2', '--max-seats-per-buyer', '2');
    await hold(id, 'anna', '1-1', '1-2');
    const limit = await cinema('hold', id, '1-3', '--buyer', 'anna');
    expect(limit).to.have.property('code', 1);
    expect(limit.stderr).to.match(/^RESOURCE_EXHAUSTED TICKET_LIMIT_EXCEEDED: /);
    expect((await cinema('hold', id, 'nowhere', '--buyer', 'anna')).stderr).to.match(
      /^INVALID_ARGUMENT INVALID_FIELD: seat_ids/,
    );
    expect(answerOf(await cinema('bookings', '--screening', 'gone', '--json'))).to.deep.equal({ bookings: [] });
    expect((await cinema('changes', 'gone')).stderr).to.match(/^NOT_FOUND SCREENING_NOT_FOUND: /);
    expect((await cinema('map', 'gone')).stderr).to.match(/^NOT_FOUND SCREENING_NOT_FOUND: /);
  });

  it('takes a token that begins with a dash for a token', async () => {
    for (const token of ['-AbCdEfGhIjKlMnOpQrStU', '-hCdEfGhIjKlMnOpQrStUv', '--CdEfGhIjKlMnOpQrStUv']) {
      const confirmed = await cinema('confirm', 'zal-10-tonight', token, '--buyer', 'anna');
      expect(confirmed.stderr).to.match(/^NOT_FOUND HOLD_NOT_FOUND: /);
      const cancelled = await cinema('cancel', 'zal-10-tonight', token, '--buyer', 'anna', '--seats', '1-1');
      expect(cancelled.stderr).to.match(/^NOT_FOUND BOOKING_NOT_FOUND: /);
    }
  });

  it('repeats a request by its id without a second effect', async () => {
    const id = await screening();
    const requestId = '9b2c1a52-2f1c-4a55-9c0f-0d6f2a3b4c5d';
    const args = ['hold', id, '2-1', '--buyer', 'anna', '--request-id', requestId, '--json'];
    const first = answerOf(await cinema(...args));
    expect(answerOf(await cinema(...args))).to.deep.equal(first);
    const other = await cinema('hold', id, '2-2', '--buyer', 'anna', '--request-id', requestId);
    expect(other.stderr).to.match(/^INVALID_ARGUMENT REQUEST_ID_REUSED: /);
  });

  it('decides a dry run and changes nothing', async () => {
    const id = await screening();
    expect((await cinema('hold', id, '2-1', '--buyer', 'anna', '--dry-run')).stdout).to.match(/^seats are free: 2-1 /);
    expect((await cinema('book', id, '2-1', '--buyer', 'anna', '--dry-run')).stdout).to.equal('seats are free: 2-1\n');
    expect((await cinema('map', id)).stdout).to.include('free 110');
  });

  it('draws the hall with the states of its seats', async () => {
    const id = await screening('--block', '9-1');
    await hold(id, 'anna', '1-14');
    answerOf(await cinema('book', id, '1-13', '--buyer', 'berta', '--json'));
    const { stdout } = await cinema('map', id);
    const lines = stdout.split('\n');
    expect(lines).to.include('1  ? # o o o o o o o o o o o o');
    expect(lines).to.include('9      o o o o o o o o o x');
    expect(lines.at(-2)).to.equal('o free 107   ? held 1   # booked 1   x blocked 1');
    expect(answerOf(await cinema('map', id, '--json'))['counts']).to.deep.equal({
      free: 107,
      held: 1,
      booked: 1,
      blocked: 1,
    });
  });
});

describe('the cinema command line', function () {
  this.timeout(30_000);
  // Port 1 is nobody's.
  const nobody = ['--address', '127.0.0.1:1'];

  it('ends with 2 and a hint when it is wrong, and asks nobody', async () => {
    const wrong = [
      ['sell'],
      ['hold', 's', 'A1'],
      ['hold', '--buyer', 'anna'],
      ['hold', 's', 'A1', '--buyer', 'anna', '--ttl-seconds', 'soon'],
      ['screening', 'create', '--auditorium', 'a', '--title', 't', '--starts-at', 'tonight'],
      ['bookings'],
      ['confirm', 's', 't', '--buyer', 'anna', '--seat', 'A1'],
      ['--timeout-ms', '0', 'auditorium', 'list'],
      ['screening', 's'],
      ['screening', 's', 't', '--where'],
      ['drain'],
      ['drain', 'n', '--wait', '--cancel'],
      ['weight', 'n', '101'],
    ];
    for (const args of wrong) {
      const run = await runCinema([...nobody, ...args]);
      expect(run, args.join(' ')).to.deep.include({ code: 2, stdout: '' });
      expect(run.stderr).to.match(/^error: /);
    }
  });

  it('ends with 0 for help', async () => {
    expect((await runCinema(['-h'])).code).to.equal(0);
    expect((await runCinema(['hold', '--help'])).stdout).to.include('--ttl-seconds');
  });

  it('says so when nobody answers, and how to ask again safely', async () => {
    expect((await runCinema([...nobody, 'nodes'])).stderr).to.match(
      /^UNAVAILABLE: .*connect ECONNREFUSED 127.0.0.1:1\n {2}no answer from 127.0.0.1:1\n$/,
    );
    const read = await runCinema([...nobody, 'auditorium', 'list', '--timeout-ms', '300']);
    expect(read.code).to.equal(1);
    expect(read.stderr).to.match(/^(UNAVAILABLE|DEADLINE_EXCEEDED).*\n {2}no answer from 127.0.0.1:1\n$/);
    const requestId = '9b2c1a52-2f1c-4a55-9c0f-0d6f2a3b4c5d';
    const write = await runCinema([
      ...nobody,
      'hold',
      's',
      'A1',
      '--buyer',
      'a',
      '--request-id',
      requestId,
      '--timeout-ms',
      '300',
    ]);
    expect(write.stderr).to.include(`--request-id ${requestId}`);
    const map = await runCinema([...nobody, 'map', 's']);
    expect(map).to.have.property('code', 1);
    expect(map.stderr).to.include('no answer from 127.0.0.1:1');
    expect((await runCinema(['map', 's', '--http', 'http://127.0.0.1:1/'])).stderr).to.include(
      'no answer from http://127.0.0.1:1/api/screenings/s/seat-map',
    );
  });

  it('takes the address from the environment', async () => {
    const run = await runCinema(['auditorium', 'list', '--timeout-ms', '300'], { CINEMA_ADDRESS: '127.0.0.1:2' });
    expect(run.stderr).to.include('127.0.0.1:2');
  });
});

import { expect } from 'chai';
import { encodeResumeToken } from '../../../src/streams/index.js';
import { ApiError } from '../../../src/transport/api/index.js';
import { startsAt } from './support/fake-box-office.js';
import { openTestServer, type TestServer } from './support/test-server.js';

const party = { request_id: 'r-1', screening_id: 'tonight', buyer_id: 'b-1' };

describe('HTTP routes', () => {
  let test: TestServer;
  beforeEach(async () => {
    test = await openTestServer();
  });
  afterEach(() => test.server.close());

  async function ask(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const response = await fetch(test.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  const hold = (seatIds: readonly string[], more: object = {}) =>
    ask('POST', '/api/seat-reservations', { ...party, seat_ids: seatIds, ...more });

  it('lists screenings with their counts', async () => {
    await hold(['1-1']);
    const { status, body, headers } = await ask('GET', '/api/screenings?page_size=2&page_token=abc');
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.equal('application/json; charset=utf-8');
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(test.boxOffice.requests).to.deep.include({ pageSize: 2, pageToken: 'abc', upcoming: false });
    const item = {
      screening_id: 'tonight',
      title: 'A film <b>& more</b>',
      starts_at: startsAt.toISOString(),
      auditorium_id: 'small',
      capacity: 10,
      sales_open_at: '1970-01-01T00:00:00.000Z',
      sales_close_at: startsAt.toISOString(),
      cancelled: false,
      max_seats_per_request: 10,
      max_seats_per_buyer: 20,
      counts: { free: 9, held: 1, booked: 0, blocked: 0 },
    };
    expect(body).to.deep.equal({ screenings: [item, { ...item, screening_id: 'tomorrow' }], next_page_token: 'more' });
  });

  it('lists upcoming screenings alone when asked to', async () => {
    expect((await ask('GET', '/api/screenings?upcoming=true')).status).to.equal(200);
    expect(test.boxOffice.requests).to.deep.include({ pageSize: 50, pageToken: '', upcoming: true });
    const { status, body } = await ask('GET', '/api/screenings?upcoming=soon');
    expect(status).to.equal(400);
    expect(body)
      .to.have.nested.property('details[0].field_violations')
      .that.deep.equals([{ field: 'upcoming', description: 'must be true or false' }]);
  });

  it('gives everything a hall is drawn from', async () => {
    await hold(['1-3']);
    const { status, body } = await ask('GET', '/api/screenings/tonight/seat-map');
    expect(status).to.equal(200);
    expect(body).to.deep.include({
      epoch: 2,
      revision: 7,
      stale: false,
      counts: { free: 9, held: 1, booked: 0, blocked: 0 },
      seats: [{ seat_id: '1-3', state: 'HELD' }],
      resume_token: encodeResumeToken({ screeningId: 'tonight', epoch: 2, revision: 7 }),
      progress_interval_ms: 3_000,
    });
    expect(body).to.have.nested.property('screening.screening_id', 'tonight');
    expect(body)
      .to.have.nested.property('plan.categories')
      .that.deep.equals([{ name: 'Standard', color: '#1D3557' }]);
    expect(body).to.have.nested.property('plan.seats[9]').that.deep.equals({
      seat_id: '1-10',
      zone: 'Hall',
      row: '1',
      number: '10',
      x: 225,
      y: 0,
      category: 0,
      wheelchair: true,
    });
  });

  it('holds seats', async () => {
    const { status, body } = await hold(['1-1', '1-2'], { ttl_seconds: 2.5 });
    expect(status).to.equal(201);
    expect(body).to.deep.equal({
      screening_id: 'tonight',
      hold_token: 'token-0',
      seat_ids: ['1-1', '1-2'],
      create_time: '1970-01-01T00:00:00.000Z',
      expire_time: '1970-01-01T00:01:00.000Z',
      max_expire_time: '1970-01-01T00:10:00.000Z',
      revision: 8,
    });
    expect(test.boxOffice.requests[0]).to.deep.include({
      requestId: 'r-1',
      buyerId: 'b-1',
      ttl: { seconds: 2, nanos: 500_000_000 },
    });
  });

  it('names the seats that are not free', async () => {
    await hold(['1-1']);
    const { status, body } = await hold(['1-1', '1-2']);
    expect(status).to.equal(409);
    expect(body).to.deep.equal({
      code: 'FAILED_PRECONDITION',
      reason: 'SEAT_UNAVAILABLE',
      message: 'one or more seats are not free',
      details: [
        {
          kind: 'precondition-failure',
          violations: [{ type: 'SEAT_HELD', subject: '1-1', description: 'seat 1-1 is not free' }],
        },
      ],
      metadata: { seat_ids: '1-1' },
    });
  });

  it('confirms, extends, shows and releases a hold', async () => {
    await hold(['1-1', '1-2']);
    const confirmed = await ask('POST', '/api/seat-reservations/token-0/confirm', party);
    expect(confirmed.status).to.equal(200);
    expect(confirmed.body).to.deep.include({
      booking_id: 'booking-1',
      seat_ids: ['1-1', '1-2'],
      state: 'ACTIVE',
      revision: 9,
    });
    const extended = await ask('POST', '/api/seat-reservations/token-0/extend', { ...party, ttl_seconds: 60 });
    expect(extended.body).to.deep.include({ hold_token: 'token-0', expire_time: '1970-01-01T00:02:00.000Z' });
    const shown = await ask('GET', '/api/seat-reservations/token-0?screening_id=tonight&buyer_id=b-1');
    expect(shown.body).to.deep.include({ hold_token: 'token-0', seat_ids: ['1-1', '1-2'] });
    const released = await ask('DELETE', '/api/seat-reservations/token-0', { ...party, seat_ids: ['1-1'] });
    expect(released.body).to.deep.include({ released_seat_ids: ['1-1'] });
    expect(released.body).to.have.nested.property('hold.seat_ids').that.deep.equals(['1-2']);
  });

  it('releases by query parameters, for clients whose DELETE has no body', async () => {
    await hold(['1-1', '1-2']);
    const query = new URLSearchParams([...Object.entries(party), ['seat_ids', '1-1'], ['seat_ids', '1-2']]);
    const { status, body } = await ask('DELETE', `/api/seat-reservations/token-0?${query.toString()}`);
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ released_seat_ids: ['1-1', '1-2'], hold: null, revision: 9 });
  });

  it('passes queue statistics through', async () => {
    expect((await ask('GET', '/api/seat-reservations/queue-stats/tonight')).body).to.deep.equal({
      waiting: 3,
      lanes: { public: 2 },
    });
    expect((await ask('GET', '/api/seat-reservations/queue-stats/nowhere')).status).to.equal(404);
    const { status, body } = await ask('GET', '/api/seat-reservations/queue-stats/%00');
    expect(status).to.equal(400);
    expect(body).to.have.nested.property('details[0].field_violations[0].field', 'screening_id');
  });

  it('tells liveness and readiness apart', async () => {
    expect((await ask('GET', '/readyz')).status).to.equal(200);
    test.health = { live: true, ready: false, checks: { storage: { ok: false, detail: 'away' } } };
    expect((await ask('GET', '/healthz')).status).to.equal(200);
    const { status, body } = await ask('GET', '/readyz');
    expect(status).to.equal(503);
    expect(body).to.deep.equal({ status: 'failing', checks: { storage: { ok: false, detail: 'away' } } });
  });

  it('serves metrics as they are', async () => {
    const response = await fetch(`${test.url}/metrics`);
    expect(response.headers.get('content-type')).to.equal('text/plain; version=0.0.4');
    expect(await response.text()).to.equal('up 1\n');
  });

  it('shows a hall it has seen while the database is away, marked stale', async () => {
    const seatMap = (id: string) => ask('GET', `/api/screenings/${id}/seat-map`);
    const before = await seatMap('tonight');
    const { getScreening } = test.boxOffice;
    test.boxOffice.getScreening = () =>
      Promise.reject(new ApiError('UNAVAILABLE', 'STORAGE_UNAVAILABLE', 'the database is away'));
    const { status, body } = await seatMap('tonight');
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ ...(before.body as object), stale: true });
    expect((await seatMap('tomorrow')).status, 'never seen').to.equal(503);
    await ask('GET', '/api/screenings');
    expect((await seatMap('tomorrow')).status, 'seen in the list').to.equal(200);
    test.boxOffice.getScreening = () => Promise.reject(new ApiError('NOT_FOUND', 'SCREENING_NOT_FOUND', 'gone'));
    expect((await seatMap('tonight')).status, 'any other answer counts').to.equal(404);
    test.boxOffice.getScreening = getScreening;
    expect((await seatMap('tonight')).body, 'back again').to.deep.equal(before.body);
  });

  it('lists the others when one screening cannot be counted', async () => {
    test.boxOffice.getSeatMap = ({ screeningId }) =>
      Promise.reject(new ApiError('UNAVAILABLE', 'OWNER_MOVING', `${screeningId} is moving`));
    const { status, body } = await ask('GET', '/api/screenings');
    expect(status).to.equal(200);
    expect(body).to.have.nested.property('screenings[0].counts', null);
  });
});

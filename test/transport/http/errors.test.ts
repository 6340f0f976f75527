import { expect } from 'chai';
import { ApiError, invalidFields, statusCodes, type StatusCode } from '../../../src/transport/api/index.js';
import { eventually } from '../../support/eventually.js';
import { RawConnection } from './support/raw-connection.js';
import { openTestServer, type TestServer } from './support/test-server.js';

const HOLD = '/api/seat-reservations';
const validBody = { request_id: 'r-1', screening_id: 'tonight', buyer_id: 'b-1', seat_ids: ['1-1'] };

describe('HTTP errors', () => {
  let test: TestServer;
  beforeEach(async () => {
    test = await openTestServer({ limits: { bodyBytesMax: 4096, requestTimeoutMs: 400, requestsInFlightMax: 3 } });
  });
  afterEach(() => test.server.close());

  interface Answer {
    readonly status: number;
    readonly headers: Headers;
    readonly body: { code: string; reason: string; message: string; details: object[] };
  }

  async function send(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(test.url + path, init);
    const body = (await response.json()) as Answer['body'];
    return { status: response.status, headers: response.headers, body };
  }

  const post = (body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') =>
    send(HOLD, { method: 'POST', body, headers: { 'content-type': contentType } });

  const fieldsOf = (answer: Answer): string[] =>
    answer.body.details.flatMap((detail) =>
      'field_violations' in detail ? (detail.field_violations as { field: string }[]).map(({ field }) => field) : [],
    );

  const failWith = (error: Error): void => {
    test.boxOffice.instead = () => Promise.reject(error);
  };

  it('names fields as they are named over HTTP', async () => {
    failWith(invalidFields([{ field: 'ttl', description: 'must be at most 600 s' }]));
    expect(fieldsOf(await post(JSON.stringify(validBody)))).to.deep.equal(['ttl_seconds']);
  });

  it('maps every code of the API to one status', async () => {
    const expected: Record<StatusCode, number> = {
      CANCELLED: 499,
      INVALID_ARGUMENT: 400,
      DEADLINE_EXCEEDED: 504,
      NOT_FOUND: 404,
      ALREADY_EXISTS: 409,
      PERMISSION_DENIED: 403,
      RESOURCE_EXHAUSTED: 429,
      FAILED_PRECONDITION: 409,
      ABORTED: 409,
      OUT_OF_RANGE: 400,
      UNIMPLEMENTED: 501,
      INTERNAL: 500,
      UNAVAILABLE: 503,
    };
    for (const code of Object.keys(statusCodes) as StatusCode[]) {
      failWith(new ApiError(code, 'SOME_REASON', 'some message'));
      const { status, body } = await post(JSON.stringify(validBody));
      expect([code, status]).to.deep.equal([code, expected[code]]);
      expect(body.code).to.equal(code);
    }
  });

  it('says when to come back', async () => {
    failWith(
      new ApiError('RESOURCE_EXHAUSTED', 'OVERLOADED', 'too many', {}, [{ kind: 'retry-info', retryDelayMs: 1200 }]),
    );
    const { headers, body } = await post(JSON.stringify(validBody));
    expect(headers.get('retry-after')).to.equal('2');
    expect(body.details).to.deep.equal([{ kind: 'retry-info', retry_delay_ms: 1200 }]);
  });

  it('says nothing of a bug, and logs it', async () => {
    failWith(new TypeError('secret detail'));
    const { status, body } = await post(JSON.stringify(validBody));
    expect(status).to.equal(500);
    expect(JSON.stringify(body)).not.to.contain('secret');
    expect(test.told).to.include('error: a request failed for a reason on our side');
  });

  it('answers 404 where there is nothing and 405 with Allow where there is something else', async () => {
    const nothing = await send('/api/nothing', {});
    expect([nothing.status, nothing.body.reason]).to.deep.equal([404, 'ROUTE_NOT_FOUND']);
    const wrong = await send(HOLD, { method: 'PUT' });
    expect([wrong.status, wrong.headers.get('allow')]).to.deep.equal([405, 'POST, OPTIONS']);
    const also = await send('/api/seat-reservations/t', { method: 'POST' });
    expect([also.status, also.headers.get('allow')]).to.deep.equal([405, 'GET, DELETE, HEAD, OPTIONS']);
    expect((await send('/api/screenings/%ff/seat-map', {})).body.reason).to.equal('MALFORMED_PATH');
    expect((await send('/ws', {})).status).to.equal(426);
  });

  it('lists everything that is wrong with a body', async () => {
    const answer = await post(
      JSON.stringify({ request_id: 5, buyer_id: 'b', seat_ids: ['1-1', 7, null], ttl_seconds: -1, color: 'red' }),
    );
    expect([answer.status, answer.body.reason]).to.deep.equal([400, 'INVALID_FIELD']);
    expect(fieldsOf(answer)).to.have.members([
      'request_id',
      'screening_id',
      'seat_ids[1]',
      'seat_ids[2]',
      'ttl_seconds',
      'color',
    ]);
    expect(test.boxOffice.requests).to.deep.equal([]);
  });

  it('refuses what is no JSON object, and says why', async () => {
    const broken = await post('{"request_id": ');
    expect([broken.status, broken.body.reason]).to.deep.equal([400, 'MALFORMED_JSON']);
    expect(broken.body.message).to.contain('JSON');
    expect((await post('')).body.message).to.contain('empty');
    expect((await post(Uint8Array.of(0x22, 0xff, 0x22))).body.message).to.contain('UTF-8');
    for (const text of ['[]', '1', 'null', '"text"']) expect(fieldsOf(await post(text)), text).to.deep.equal(['body']);
    expect((await post('['.repeat(4000))).status).to.equal(400);
    expect((await post('{"__proto__": {"seat_ids": []}}')).status).to.equal(400);
  });

  it('refuses another content type', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
      expect((await post(JSON.stringify(validBody), type)).status, type).to.equal(415);
    }
    expect((await post(JSON.stringify(validBody), 'application/json; charset=utf-8')).status).to.equal(201);
  });

  it('hands odd text on as it is', async () => {
    const odd = '🎬\u0000\u202e"\\ud800"<script>';
    await post(JSON.stringify({ ...validBody, buyer_id: odd, seat_ids: ['ä', '座席'] }));
    expect(test.boxOffice.requests[0]).to.deep.include({ buyerId: odd, seatIds: ['ä', '座席'] });
  });

  it('stops reading a body that is too long, announced or not', async () => {
    const long = JSON.stringify({ ...validBody, seat_ids: ['x'.repeat(5000)] });
    const announced = await post(long);
    expect([announced.status, announced.body.reason]).to.deep.equal([413, 'BODY_TOO_LONG']);
    const chunked = await RawConnection.open(test.port);
    chunked.send(
      `POST ${HOLD} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let chunk = 0; chunk < 5; chunk += 1) chunked.send(`400\r\n${'x'.repeat(1024)}\r\n`);
    await chunked.receives('413 Content Too Large');
    await chunked.closes();
    expect(test.boxOffice.requests).to.deep.equal([]);
  });

  it('takes a body in many pieces', async () => {
    const body = JSON.stringify(validBody);
    const connection = await RawConnection.open(test.port);
    connection.send(
      `POST ${HOLD} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n`,
    );
    for (const character of body) {
      connection.send(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await connection.receives('201 Created');
    connection.destroy();
  });

  it('gives up on a body that does not come', async () => {
    const connection = await RawConnection.open(test.port);
    connection.send(
      `POST ${HOLD} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    await connection.receives('408 Request Timeout');
    await connection.closes();
  });

  it('gives up on an answer that does not come', async () => {
    test.boxOffice.instead = () => new Promise(() => undefined);
    const { status, body } = await post(JSON.stringify(validBody));
    expect([status, body.reason]).to.deep.equal([504, 'DEADLINE_EXCEEDED']);
  });

  it('survives clients that leave before their answer', async () => {
    let answer = (): void => undefined;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    test.boxOffice.instead = () => gate.then(() => Promise.reject(new ApiError('ABORTED', 'LATE', 'late')));
    const connection = await RawConnection.open(test.port);
    connection.send('GET /api/screenings HTTP/1.1\r\nHost: test\r\n\r\n');
    await eventually('the request to arrive', () => test.boxOffice.requests.length > 0);
    connection.destroy();
    await eventually('the server to notice', () => test.told.includes('/api/screenings aborted'));
    answer();
    test.boxOffice.instead = undefined;
    expect((await fetch(`${test.url}/api/screenings`)).status).to.equal(200);
  });

  it('refuses more than it can answer at once', async () => {
    let answer = (): void => undefined;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    test.boxOffice.instead = () => gate.then(() => Promise.reject(new ApiError('ABORTED', 'LATE', 'late')));
    const waiting = [1, 2, 3].map(() => send('/api/screenings', {}));
    await eventually('three requests to arrive', () => test.boxOffice.requests.length === 3);
    const refused = await send('/api/screenings', {});
    expect([refused.status, refused.body.reason]).to.deep.equal([503, 'OVERLOADED']);
    expect(refused.headers.get('retry-after')).to.equal('1');
    answer();
    expect((await Promise.all(waiting)).map(({ status }) => status)).to.deep.equal([409, 409, 409]);
  });
});

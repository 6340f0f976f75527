import { expect } from 'chai';
import { openTestServer, type TestServer } from './support/test-server.js';
import { refusedUpgrade, ViewerClient } from './support/viewer-client.js';

const body = JSON.stringify({ request_id: 'r', screening_id: 'tonight', buyer_id: 'b', seat_ids: ['1-1'] });

describe('pages of other origins', () => {
  let test: TestServer;
  beforeEach(async () => {
    test = await openTestServer({ allowedOrigins: ['https://cinema.example'] });
  });
  afterEach(() => test.server.close());

  const hold = (origin: string | undefined) =>
    fetch(`${test.url}/api/seat-reservations`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) },
    });

  it('change nothing, unless they are allowed', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'https://cinema.example.evil',
      'http://127.0.0.1',
      'garbage',
    ]) {
      const response = await hold(origin);
      expect(response.status, origin).to.equal(403);
      expect(await response.json()).to.deep.include({ code: 'PERMISSION_DENIED', reason: 'ORIGIN_NOT_ALLOWED' });
      expect(response.headers.get('access-control-allow-origin')).to.equal(null);
    }
    expect(test.boxOffice.requests).to.deep.equal([]);
    const release = await fetch(`${test.url}/api/seat-reservations/t`, {
      method: 'DELETE',
      headers: { origin: 'https://evil.example' },
    });
    expect(release.status).to.equal(403);
  });

  it('change something when they are the own page, allowed, or no page at all', async () => {
    expect((await hold(undefined)).status).to.equal(201);
    expect((await hold(test.url)).status).to.equal(409);
    const allowed = await hold('https://cinema.example');
    expect(allowed.status).to.equal(409);
    expect(allowed.headers.get('access-control-allow-origin')).to.equal('https://cinema.example');
  });

  it('are told beforehand what they may do', async () => {
    const ask = (origin: string) =>
      fetch(`${test.url}/api/seat-reservations`, { method: 'OPTIONS', headers: { origin } });
    const allowed = await ask('https://cinema.example');
    expect([allowed.status, allowed.headers.get('access-control-allow-headers')]).to.deep.equal([204, 'content-type']);
    expect((await ask('https://evil.example')).status).to.equal(403);
  });

  it('do not watch, unless they are allowed', async () => {
    expect(await refusedUpgrade(test.url, { screening_id: 'tonight' }, { origin: 'https://evil.example' })).to.equal(
      403,
    );
    expect(test.told).to.include('refused ORIGIN_NOT_ALLOWED');
    for (const origin of [test.url, 'https://cinema.example']) {
      const viewer = await ViewerClient.open(test.url, { screening_id: 'tonight' }, { origin });
      expect(await viewer.frame(0)).to.deep.include({ type: 'snapshot' });
      viewer.drop();
    }
  });

  it('are named as origins in the configuration, or the server does not open', async () => {
    for (const origin of ['cinema.example', 'https://cinema.example/path', '*', '']) {
      let message = 'opened';
      await openTestServer({ allowedOrigins: [origin] }).then(
        ({ server }) => server.close(),
        (error: unknown) => (message = String(error)),
      );
      expect(message, origin).to.contain('not of the form');
    }
  });
});

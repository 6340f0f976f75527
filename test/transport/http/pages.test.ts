import { expect } from 'chai';
import { RawConnection } from './support/raw-connection.js';
import { openTestServer, type TestServer } from './support/test-server.js';

describe('the seat page over HTTP', () => {
  let test: TestServer;
  before(async () => {
    test = await openTestServer();
  });
  after(() => test.server.close());

  it('is at both addresses, with everything it loads', async () => {
    const page = await (await fetch(`${test.url}/`)).text();
    expect(await (await fetch(`${test.url}/seat-reservation-demo.html`)).text()).to.equal(page);
    const links = [...page.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links).to.include('/page/app.js');
    for (const link of links) expect((await fetch(test.url + link)).status, link).to.equal(200);
  });

  it('says what each file is', async () => {
    const types = {
      '/': 'text/html; charset=utf-8',
      '/page/app.js': 'text/javascript; charset=utf-8',
      '/page/base.css': 'text/css; charset=utf-8',
      '/page/icon.svg': 'image/svg+xml',
    };
    for (const [path, type] of Object.entries(types)) {
      expect((await fetch(test.url + path)).headers.get('content-type'), path).to.equal(type);
    }
  });

  it('is kept by browsers and asked after', async () => {
    const first = await fetch(`${test.url}/page/app.js`);
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).to.equal('no-cache');
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await fetch(`${test.url}/page/app.js`, { headers: { 'if-none-match': tag } });
      expect([again.status, await again.text()], tag).to.deep.equal([304, '']);
    }
    expect((await fetch(`${test.url}/page/app.js`, { headers: { 'if-none-match': '"other"' } })).status).to.equal(200);
  });

  it('may load and talk to nothing but its own host', async () => {
    const { headers } = await fetch(`${test.url}/`);
    expect(headers.get('content-security-policy')).to.contain("default-src 'none'").and.not.contain('unsafe');
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('x-frame-options')).to.equal('DENY');
  });

  it('answers HEAD with the length and no body', async () => {
    const response = await fetch(`${test.url}/`, { method: 'HEAD' });
    expect(response.status).to.equal(200);
    expect(Number(response.headers.get('content-length'))).to.be.greaterThan(1000);
    expect(await response.text()).to.equal('');
  });

  it('serves no file outside its folder', async () => {
    for (const path of [
      '/page/../../../package.json',
      '/page/%2e%2e/%2e%2e/main.js',
      '/page/..%2f..%2fmain.js',
      '/page/',
      '/page/app.ts',
      '/page/tsconfig.json',
    ]) {
      const connection = await RawConnection.open(test.port);
      connection.send(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
      await connection.receives('404 Not Found');
      connection.destroy();
    }
  });
});

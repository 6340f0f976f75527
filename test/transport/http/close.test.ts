import { expect } from 'chai';
import { ApiError } from '../../../src/transport/api/index.js';
import { eventually } from '../../support/eventually.js';
import { RawConnection } from './support/raw-connection.js';
import { openTestServer } from './support/test-server.js';
import { ViewerClient } from './support/viewer-client.js';

describe('closing the HTTP server', () => {
  it('asks viewers to connect elsewhere and frees the port', async () => {
    const { server, url, streams } = await openTestServer();
    const viewers = [
      await ViewerClient.open(url, { screening_id: 'tonight' }),
      await ViewerClient.open(url, { screening_id: 'tomorrow' }),
    ];
    for (const viewer of viewers) await viewer.frame(0);
    await server.close();
    for (const viewer of viewers) expect(await viewer.closed()).to.equal(1012);
    expect([...streams.streams.values()].map(({ released }) => released)).to.deep.equal([1, 1]);
    let refused = false;
    await fetch(url).catch(() => (refused = true));
    expect(refused).to.equal(true);
  });

  it('happens once, however often it is asked for', async () => {
    const { server } = await openTestServer();
    const first = server.close();
    expect(server.close()).to.equal(first);
    await first;
    await server.close();
  });

  it('lets requests under way finish', async () => {
    const { server, url, boxOffice } = await openTestServer();
    let answer = (): void => undefined;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    boxOffice.instead = () => gate.then(() => Promise.reject(new ApiError('ABORTED', 'LATE', 'late')));
    const response = fetch(`${url}/api/screenings`);
    await eventually('the request to arrive', () => boxOffice.requests.length === 1);
    const closed = server.close();
    answer();
    expect((await response).status).to.equal(409);
    await closed;
  });

  it('waits only so long for viewers that do not say goodbye', async () => {
    const { server, port } = await openTestServer({ limits: { closeTimeoutMs: 200 } });
    const silent = await RawConnection.upgraded(port, 'screening_id=tonight');
    silent.socket.pause();
    const startMs = performance.now();
    await server.close();
    expect(performance.now() - startMs).to.be.lessThan(2_000);
    silent.destroy();
  });

  it('does not share its port while it is open', async () => {
    const { server, port } = await openTestServer();
    let message = 'opened';
    await openTestServer({ port }).catch((error: unknown) => (message = String(error)));
    expect(message).to.contain(`cannot listen on 127.0.0.1:${String(port)}`);
    await server.close();
  });
});

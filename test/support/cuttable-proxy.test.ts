import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { CuttableProxy } from './cuttable-proxy.js';
import { eventually } from './eventually.js';

describe('a proxy of the tests', () => {
  let server: Server;
  let proxy: CuttableProxy;
  let client: Socket;
  let heard = '';
  let answered = '';
  let isEnded = false;

  beforeEach(async () => {
    [heard, answered, isEnded] = ['', '', false];
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
        socket.write(text.toUpperCase());
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    proxy = await CuttableProxy.open(`tcp://127.0.0.1:${String(address.port)}`);
    client = connect(proxy.port, '127.0.0.1');
    client.on('error', () => undefined);
    client.on('close', () => (isEnded = true));
    client.setEncoding('utf8').on('data', (text: string) => (answered += text));
    client.write('a');
    await eventually('an answer', () => answered === 'A');
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    server.close();
  });

  it('keeps what it is given while it is frozen', async () => {
    proxy.freeze();
    client.write('b');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).to.equal('a');
    proxy.mend();
    await eventually('the answer', () => answered === 'AB');
  });

  it('loses one way only when told so, and ends who lost something when mended', async () => {
    proxy.swallow('replies');
    client.write('b');
    await eventually('the request', () => heard === 'ab');
    expect(isEnded).to.equal(false);
    proxy.mend();
    await eventually('the end', () => isEnded);
    expect(answered).to.equal('A');
  });

  it('loses requests before the server hears them', async () => {
    proxy.swallow('requests');
    client.write('b');
    await eventually('the loss', () => proxy.losses === 1);
    proxy.mend();
    await eventually('the end', () => isEnded);
    expect(heard).to.equal('a');
  });

  it('delays in order', async () => {
    proxy.delay(60);
    const startedMs = performance.now();
    client.write('b');
    await eventually('the request', () => heard === 'ab');
    proxy.mend();
    client.write('c');
    await eventually('both answers', () => answered === 'ABC');
    expect(performance.now() - startedMs).to.be.at.least(60);
  });

  it('cuts, takes nobody until it is mended, and then does', async () => {
    proxy.cut();
    await eventually('the end', () => isEnded);
    const refused = connect(proxy.port, '127.0.0.1');
    let wasRefused = false;
    refused.on('error', () => undefined).on('close', () => (wasRefused = true));
    await eventually('the refusal', () => wasRefused);
    proxy.mend();
    const again = connect(proxy.port, '127.0.0.1');
    again.write('c');
    await once(again, 'data');
    again.destroy();
  });
});

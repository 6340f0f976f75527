import { expect } from 'chai';
import type { Http2Server, ServerStreamResponseOptions } from 'node:http2';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { nameEndStream } from '../../../src/transport/grpc/response-options.js';
import { openEchoServer, type EchoServer } from './echo-server.js';

/** Whether V8 has one hidden class for both. */
function sameClass(one: object, other: object): boolean {
  setFlagsFromString('--allow-natives-syntax');
  const haveSameMap = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (...of: object[]) => boolean;
  const same = haveSameMap(one, other); // compiled when it is called
  setFlagsFromString('--no-allow-natives-syntax');
  return same;
}

/** What Node does with the options of a response. */
function copied(options: ServerStreamResponseOptions): ServerStreamResponseOptions {
  const copy = { ...options };
  copy.endStream = !!copy.endStream;
  return copy;
}

describe('the options of a gRPC response', () => {
  let echo: EchoServer;
  const given: (ServerStreamResponseOptions | undefined)[] = [];
  let http2Server: Http2Server;
  let listeners: number;

  beforeEach(async () => {
    given.length = 0;
    echo = await openEchoServer(nameEndStream, (made) => {
      http2Server = made.prependListener('stream', (stream) => {
        const respond = stream.respond.bind(stream);
        stream.respond = (headers, options) => {
          given.push(options);
          respond(headers, options);
        };
      });
      listeners = made.listenerCount('stream');
    });
  });
  afterEach(() => {
    echo.close();
    // As grpc-js made it, for the next test.
    for (const options of given) if (options?.waitForTrailers === true) Reflect.deleteProperty(options, 'endStream');
  });

  it('name all that Node adds to them, so that the copies are of one class', async () => {
    await echo.call('first');
    expect(http2Server.listenerCount('stream'), 'who looks at further calls').to.equal(listeners - 1);
    await echo.call('second');
    const [options] = given;
    if (options === undefined) throw new Error('there was no response');
    expect(given[1], 'one object for all').to.equal(options);
    expect(options).to.deep.equal({ waitForTrailers: true, endStream: false });
    expect(sameClass(copied(options), copied(options))).to.equal(true);
  });

  it('are left alone when they are of a refusal, and met in a later response', async () => {
    const refused: unknown = await echo.callNobody().catch((error: unknown) => error);
    expect(refused).to.have.property('code', 12);
    expect(given).to.deep.equal([{ endStream: true }]);
    expect(await echo.call('later answered soon')).to.equal('later answered soon');
    expect(given[1]).to.deep.equal({ waitForTrailers: true, endStream: false });
  });
});

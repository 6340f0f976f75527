import { expect } from 'chai';
import { readFailure } from '../../support/box-office-client.js';
import { eventually } from '../../support/eventually.js';
import { connectReflection, type ReflectionClient, type ReflectionStream } from '../../support/reflection.js';
import { openIdleReader } from './idle-reader.js';
import { openGrpcStage, type GrpcScript, type GrpcStage } from './grpc-stage.js';

const question = { file_containing_symbol: 'cinema.boxoffice.v1.SeatService' };

describe('streams of server reflection', () => {
  let stage: GrpcStage;
  let clients: ReflectionClient[] = [];
  const serve = async (limits: GrpcScript['limits']): Promise<void> => {
    stage = await openGrpcStage({ limits });
  };
  const connect = (version: 'v1' | 'v1alpha' = 'v1'): ReflectionClient => {
    const client = connectReflection(stage.address, version);
    clients.push(client);
    return client;
  };
  afterEach(async () => {
    for (const client of clients) client.close();
    clients = [];
    await stage.close();
  });

  it('are no more than a node may have, in both versions together, and one more when one has left', async () => {
    await serve({ watchersMax: 2 });
    const [v1, v1alpha] = [connect('v1'), connect('v1alpha')];
    const first = await asked(v1.open());
    const second = await asked(v1alpha.open());
    for (const { answer } of [first, second]) expect(answer).to.have.property('file_descriptor_response');
    for (const client of [v1, v1alpha]) {
      const failure = readFailure((await asked(client.open())).answer);
      expect(failure).to.deep.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
      expect(failure.retryDelayMs).to.be.greaterThan(0);
    }
    first.stream.cancel();
    await eventually('a place', async () => {
      const { stream, answer } = await asked(v1.open());
      stream.cancel();
      return !(answer instanceof Error);
    });
  });

  it('end when the server stops, which does not wait for their clients', async () => {
    await serve({ closeTimeoutMs: 60_000 });
    const { stream } = await asked(connect().open());
    const ended = new Promise((resolve) => stream.once('error', resolve));
    await stage.close();
    expect(readFailure(await ended)).to.include({ code: 'UNAVAILABLE', reason: 'DRAINING' });
  });

  it('are asked no further while their answers are not read', async () => {
    await serve({ closeTimeoutMs: 60_000 });
    const reader = openIdleReader(stage.address, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo');
    for (let asking = 0; asking < 1_000; asking += 1) reader.send(encoded(question.file_containing_symbol));
    // The server gets to some of them between any two of others.
    const other = connect();
    for (let asking = 0; asking < 200; asking += 1) await other.ask({ list_services: '' });
    reader.read();
    await Promise.all([reader.ended, stage.close()]);
    reader.close();
    expect(reader.messages.length).to.be.greaterThan(0).and.lessThan(50);
  });
});

describe('server reflection', () => {
  it('knows the details of errors, which no message refers to', async () => {
    const stage = await openGrpcStage({});
    const client = connectReflection(stage.address);
    for (const detail of ['ErrorInfo', 'BadRequest', 'PreconditionFailure', 'QuotaFailure', 'RetryInfo']) {
      const answer = await client.ask({ file_containing_symbol: `google.rpc.${detail}` });
      expect(answer, detail).to.have.property('file_descriptor_response');
    }
    client.close();
    await stage.close();
  });
});

/** file_containing_symbol of a ServerReflectionRequest. */
function encoded(symbol: string): Buffer {
  return Buffer.concat([Buffer.from([0x22, symbol.length]), Buffer.from(symbol)]);
}

/** The stream with its first answer, or its error. */
async function asked(stream: ReflectionStream): Promise<{ stream: ReflectionStream; answer: unknown }> {
  const answer = await new Promise<unknown>((resolve) => {
    stream.once('data', resolve);
    stream.once('error', resolve);
    stream.write(question);
  });
  stream.on('error', () => undefined);
  return { stream, answer };
}

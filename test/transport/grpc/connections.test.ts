import { expect } from 'chai';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { call } from '../../support/box-office-client.js';
import { eventually } from '../../support/eventually.js';
import { openGrpcStage, type GrpcStage } from './grpc-stage.js';

describe('the connections to the gRPC port', () => {
  let stage: GrpcStage;
  const opened: Socket[] = [];
  let refused = 0;

  beforeEach(async () => {
    refused = 0;
    stage = await openGrpcStage({
      boxOffice: { getScreening: () => Promise.resolve({ screening: undefined }) },
      limits: { connectionsMax: 2 },
      onOverloaded: () => (refused += 1),
    });
  });
  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.destroy();
    await stage.close();
  });

  const open = async (): Promise<Socket> => {
    const { hostname, port } = new URL(`http://${stage.address}`);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    opened.push(socket);
    await once(socket, 'connect');
    return socket;
  };

  it('are as many as they may be, and those beyond are cut and counted', async () => {
    const [first] = [await open(), await open()];
    await eventually('both to be counted', () => stage.connections() === 2);
    const third = await open();
    await once(third, 'close');
    expect(refused).to.equal(1);
    expect(stage.connections()).to.equal(2);

    first.destroy();
    await eventually('its place to be free', () => stage.connections() === 1);
    const { screenings } = stage.client;
    await call(screenings, screenings.getScreening, { screeningId: 'any' });
    expect(stage.connections()).to.equal(2);
    expect(refused).to.equal(1);
  });
});

import { getDefaultHighWaterMark } from 'node:stream';
import { expect } from 'chai';
import {
  HealthCheckRequest,
  HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from '../../../proto/gen/grpc/health/v1/health.js';
import { eventually } from '../../support/eventually.js';
import { openGrpcStage, type GrpcStage } from './grpc-stage.js';
import { openIdleReader, type IdleReader } from './idle-reader.js';

describe('a health watcher that does not read', () => {
  let stage: GrpcStage;
  let reader: IdleReader;
  afterEach(async () => {
    reader.close();
    await stage.close();
  });

  it('is told once it does how things are, and not all that came before', async () => {
    let isReady = true;
    const followers = new Set<() => void>();
    stage = await openGrpcStage({
      readiness: {
        isReady: () => isReady,
        onChange(changed) {
          followers.add(changed);
          return () => followers.delete(changed);
        },
      },
      limits: { closeTimeoutMs: 60_000 },
    });
    reader = openIdleReader(stage.address, '/grpc.health.v1.Health/Watch');
    reader.send(HealthCheckRequest.encode({ service: '' }).finish());
    reader.halfClose();
    await eventually('it to be followed', () => followers.size === 1);
    for (let change = 0; change < 1_000; change += 1) {
      isReady = !isReady;
      for (const changed of followers) changed();
    }
    reader.read();
    // As many as are written before anybody reads, the last of which are out of date, and the one after them.
    await eventually('news', () => reader.messages.length > getDefaultHighWaterMark(true));
    await Promise.all([reader.ended, stage.close()]);
    const told = reader.messages.map((message) => HealthCheckResponse.decode(message).status);
    expect(told.at(-1)).to.equal(ServingStatus.SERVING);
    expect(told.length).to.be.lessThan(100);
  });
});

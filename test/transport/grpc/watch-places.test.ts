import { expect } from 'chai';
import { ApiError } from '../../../src/transport/api/index.js';
import { eventually } from '../../support/eventually.js';
import { watch } from '../../system/watching.js';
import { openGrpcStage, type GrpcStage } from './grpc-stage.js';

describe('a watcher that goes away while its stream is being opened', () => {
  let stage: GrpcStage;
  afterEach(() => stage.close());

  it('keeps its place until that is done', async () => {
    const gone = new ApiError('NOT_FOUND', 'SCREENING_NOT_FOUND', 'there is no such screening');
    const openings: ((error: unknown) => void)[] = [];
    stage = await openGrpcStage({
      limits: { watchersMax: 2 },
      open: () => new Promise((_resolve, reject) => openings.push(reject)),
    });
    const watchers = [watch(stage.client, { screeningId: 's' }), watch(stage.client, { screeningId: 's' })];
    await eventually('both to be opened', () => openings.length === 2);
    for (const watcher of watchers) watcher.stop();
    for (let asking = 0; asking < 5; asking += 1) {
      const failure = await watch(stage.client, { screeningId: 's' }).failure();
      expect(failure).to.include({ code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED' });
    }
    openings.shift()?.(gone);
    await eventually('a place', () => {
      watch(stage.client, { screeningId: 's' });
      return openings.length === 2;
    });
    for (const fail of openings) fail(gone);
  });
});

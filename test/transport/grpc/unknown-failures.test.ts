import { expect } from 'chai';
import {
  GetSeatMapRequest,
  HoldSeatsRequest,
  type GetSeatMapResponse,
} from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { StorageUnavailable } from '../../../src/runtime/index.js';
import { ApiError } from '../../../src/transport/api/index.js';
import { call, failureOf, requestId } from '../../support/box-office-client.js';
import { holdOf, openPipeline } from '../../system/pipeline.js';
import { watch } from '../../system/watching.js';
import { openGrpcStage, type GrpcScript, type GrpcStage } from './grpc-stage.js';

const hidden = { code: 'INTERNAL', reason: 'INTERNAL', message: 'internal error' };

describe('a failure nobody has foreseen', () => {
  let stage: GrpcStage;
  const serve = async (script: GrpcScript): Promise<GrpcStage['client']> => {
    stage = await openGrpcStage(script);
    return stage.client;
  };
  afterEach(() => stage.close());

  const bug = new Error('secret');
  const fail = (): Promise<never> => Promise.reject(bug);
  const seatMap = (client: GrpcStage['client']): Promise<GetSeatMapResponse> =>
    call(client.seats, client.seats.getSeatMap, GetSeatMapRequest.fromPartial({ screeningId: 's' }));

  it('of a seat stream is hidden from the caller, but not from the log', async () => {
    const client = await serve({ open: fail });
    expect(await watch(client, { screeningId: 's' }).failure()).to.deep.include(hidden);
    expect(stage.bugs).to.deep.equal([{ method: 'WatchSeats', error: bug }]);
  });

  it('of a seat stream is told also when it has a name already: no guard has told of it', async () => {
    const named = new ApiError('INTERNAL', 'INTERNAL', 'internal error');
    const client = await serve({ open: () => Promise.reject(named) });
    expect(await watch(client, { screeningId: 's' }).failure()).to.deep.include(hidden);
    expect(stage.bugs).to.deep.equal([{ method: 'WatchSeats', error: named }]);
  });

  it('is none when a seat stream cannot be had for a reason we know', async () => {
    const reasons = [
      new StorageUnavailable('gone'),
      new ApiError('NOT_FOUND', 'SCREENING_NOT_FOUND', 'there is no such screening'),
    ];
    const client = await serve({ open: () => Promise.reject(reasons.shift() ?? bug) });
    expect(await watch(client, { screeningId: 's' }).failure()).to.include({ reason: 'STORAGE_UNAVAILABLE' });
    expect(await watch(client, { screeningId: 's' }).failure()).to.include({ reason: 'SCREENING_NOT_FOUND' });
    expect(await watch(client, { screeningId: '' }).failure()).to.include({ reason: 'INVALID_FIELD' });
    expect(stage.bugs).to.deep.equal([]);
  });

  it('of a call on its way to the owner is hidden from the caller, but not from the log', async () => {
    const client = await serve({ encoded: { holdSeats: fail } });
    const held = call(client.seats, client.seats.holdSeats, HoldSeatsRequest.fromPartial({ screeningId: 's' }));
    expect(await failureOf(held)).to.deep.include(hidden);
    expect(stage.bugs).to.deep.equal([{ method: 'HoldSeats', error: bug }]);
  });

  it('of a command of an Execute stream is hidden from the caller, but not from the log', async () => {
    const client = await serve({ boxOffice: { holdSeats: fail } });
    const pipeline = openPipeline(client);
    const id = requestId();
    pipeline.send(id, holdOf('s', '1-1'));
    const result = await pipeline.answerTo(id);
    expect(result.$case === 'error' && result.value.message).to.equal('internal error');
    pipeline.halfClose();
    expect(await pipeline.ended).to.equal('end');
    expect(stage.bugs).to.deep.equal([{ method: 'Execute', error: bug }]);
  });

  it('of a unary call is hidden from the caller, but not from the log', async () => {
    const client = await serve({ boxOffice: { getSeatMap: fail } });
    expect(await failureOf(seatMap(client))).to.deep.include(hidden);
    expect(stage.bugs).to.deep.equal([{ method: 'GetSeatMap', error: bug }]);
  });

  it('of a unary call that a guard has seen is not told of twice', async () => {
    const named = new ApiError('INTERNAL', 'INTERNAL', 'internal error');
    const client = await serve({ boxOffice: { getSeatMap: () => Promise.reject(named) } });
    expect(await failureOf(seatMap(client))).to.deep.include(hidden);
    expect(stage.bugs).to.deep.equal([]);
  });
});

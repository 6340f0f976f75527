import { expect } from 'chai';
import { BadRequest, ErrorInfo, PreconditionFailure } from '../../../proto/gen/google/rpc/error_details.js';
import { ApiError, invalidFields } from '../../../src/transport/api/index.js';
import { serviceError, statusMessage } from '../../../src/transport/grpc/error-status.js';

/** What a gRPC client takes of trailers by default, in base64. */
const TRAILERS_MAX = 8_192;

function trailerBytes(error: ApiError): number {
  const [details] = serviceError(error).metadata.get('grpc-status-details-bin');
  return Math.ceil(((details as Buffer).length * 4) / 3);
}

describe('an error on the wire', () => {
  it('says its reason first, then what the situation adds', () => {
    const error = new ApiError('FAILED_PRECONDITION', 'SEAT_UNAVAILABLE', 'no', { seat_ids: 'a,b' }, [
      { kind: 'precondition-failure', violations: [{ type: 'SEAT_HELD', subject: 'a', description: 'd' }] },
      { kind: 'retry-info', retryDelayMs: 1_500 },
    ]);
    const status = statusMessage(error);
    expect([status.code, status.message]).to.deep.equal([9, 'no']);
    expect(status.details.map(({ typeUrl }) => typeUrl)).to.deep.equal(
      ['ErrorInfo', 'PreconditionFailure', 'RetryInfo'].map((name) => `type.googleapis.com/google.rpc.${name}`),
    );
    expect(ErrorInfo.decode(status.details[0]?.value ?? Buffer.of())).to.deep.include({
      reason: 'SEAT_UNAVAILABLE',
      domain: 'cinema.boxoffice.v1',
      metadata: { seat_ids: 'a,b' },
    });
    expect(PreconditionFailure.decode(status.details[1]?.value ?? Buffer.of()).violations).to.have.length(1);
  });

  it('fits into trailers however much is wrong, names the first, and says how many it leaves out', () => {
    const violations = Array.from({ length: 10_000 }, (_, index) => ({
      field: `seat_ids[${String(index)}]`,
      description: 'is required',
    }));
    const error = invalidFields(violations);
    expect(trailerBytes(error)).to.be.lessThan(TRAILERS_MAX);
    const { details } = statusMessage(error);
    const named = BadRequest.decode(details[1]?.value ?? Buffer.of()).fieldViolations;
    expect(named.slice(0, 2).map(({ field }) => field)).to.deep.equal(['seat_ids[0]', 'seat_ids[1]']);
    expect(named.length).to.be.greaterThan(50);
    const info = ErrorInfo.decode(details[0]?.value ?? Buffer.of());
    expect(info.metadata).to.deep.equal({ omitted_violations: String(10_000 - named.length) });
  });

  it('leaves nothing out of what fits', () => {
    const violations = Array.from({ length: 50 }, (_, index) => ({
      type: 'SEAT_HELD',
      subject: `s${String(index)}`,
      description: 'taken',
    }));
    const error = new ApiError('FAILED_PRECONDITION', 'R', 'm', { seat_ids: 's0' }, [
      { kind: 'precondition-failure', violations },
    ]);
    const { details } = statusMessage(error);
    const named = PreconditionFailure.decode(details[1]?.value ?? Buffer.of()).violations;
    expect(named.map(({ subject }) => subject)).to.deep.equal(violations.map(({ subject }) => subject));
    expect(ErrorInfo.decode(details[0]?.value ?? Buffer.of()).metadata).to.deep.equal({ seat_ids: 's0' });
  });

  it('names one violation at least, and cuts a list between two ids', () => {
    const huge = invalidFields([{ field: 'x'.repeat(5_000), description: 'd' }]);
    expect(BadRequest.decode(statusMessage(huge).details[1]?.value ?? Buffer.of()).fieldViolations).to.have.length(1);
    const ids = Array.from({ length: 1_000 }, (_, index) => `seat-${String(index)}`);
    const error = new ApiError('FAILED_PRECONDITION', 'R', 'm', { seat_ids: ids.join(',') });
    const { seat_ids: sent = '' } = ErrorInfo.decode(statusMessage(error).details[0]?.value ?? Buffer.of()).metadata;
    const named = sent.split(',');
    expect(named.at(-1)).to.equal('...');
    expect(named.slice(0, -1)).to.deep.equal(ids.slice(0, named.length - 1));
    expect(trailerBytes(error)).to.be.lessThan(TRAILERS_MAX);
  });
});

import { expect } from 'chai';
import { ApiError, failureError, invalidFields, statusCodes } from '../../../../src/transport/api/index.js';
import { decodeFailure, encodeFailure } from '../../../../src/transport/api/routing/failure-codec.js';

const shape = ({ code, reason, message, metadata, details }: ApiError): object => ({
  code,
  reason,
  message,
  metadata,
  details,
});

describe('an error between nodes', () => {
  for (const [what, error] of [
    ['fields', invalidFields([{ field: 'seat_ids[3]', description: 'is required' }])],
    ['a retry delay', failureError({ kind: 'overloaded' })],
    [
      'seats and metadata',
      new ApiError('FAILED_PRECONDITION', 'SEAT_UNAVAILABLE', 'taken', { seat_ids: '1-1,1-2' }, [
        {
          kind: 'precondition-failure',
          violations: [{ type: 'SEAT_HELD', subject: '1-1', description: 'seat 1-1 is not free' }],
        },
      ]),
    ],
    [
      'a quota',
      new ApiError('RESOURCE_EXHAUSTED', 'TICKET_LIMIT_EXCEEDED', 'over', {}, [
        { kind: 'quota-failure', violations: [{ subject: 'buyer:anna', description: 'has 10' }] },
      ]),
    ],
  ] as const) {
    it(`keeps ${what}`, () => {
      expect(shape(decodeFailure(encodeFailure(error)))).to.deep.equal(shape(error));
    });
  }

  it('keeps every code', () => {
    for (const code of Object.keys(statusCodes) as (keyof typeof statusCodes)[]) {
      expect(decodeFailure(encodeFailure(new ApiError(code, 'R', 'm'))).code).to.equal(code);
    }
  });

  it('is a bug of the peer when it makes no sense', () => {
    for (const bytes of [Buffer.from('ff', 'hex'), new Uint8Array()]) {
      expect(() => decodeFailure(bytes)).to.throw(TypeError, 'a peer answered nonsense');
    }
  });
});

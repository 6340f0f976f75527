import { expect } from 'chai';
import fc from 'fast-check';
import { ApiError } from '../../../src/transport/api/index.js';
import * as schemas from '../../../src/transport/api/request-schemas.js';

const uuid = '123e4567-e89b-12d3-a456-426614174000';
const good = { requestId: uuid, screeningId: 's', buyerId: 'b', seatIds: ['1'], validateOnly: false };

function fieldsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    expect([error.code, error.reason]).to.deep.equal(['INVALID_ARGUMENT', 'INVALID_FIELD']);
    return error.details.flatMap((detail) =>
      detail.kind === 'bad-request' ? detail.violations.map(({ field }) => field) : [],
    );
  }
  return [];
}

describe('the shape of a request', () => {
  it('names every field that is wrong, as the API spells it', () => {
    const wrong = {
      requestId: '',
      screeningId: '',
      buyerId: '\0',
      seatIds: ['a', '', 'b\n'],
      ttl: { seconds: 0, nanos: 0 },
      revision: -1,
      validateOnly: false,
    };
    expect(fieldsOf(() => schemas.read(schemas.holdSeats, wrong))).to.have.members([
      'request_id',
      'screening_id',
      'buyer_id',
      'seat_ids[1]',
      'seat_ids[2]',
      'ttl',
      'revision',
    ]);
  });

  it('takes any text that can be stored and shown, up to 128 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }), (buyerId) => {
        const bad = /\p{Cc}/u.test(buyerId);
        expect(fieldsOf(() => schemas.read(schemas.holdSeats, { ...good, buyerId }))).to.deep.equal(
          bad ? ['buyer_id'] : [],
        );
      }),
    );
    expect(
      fieldsOf(() => schemas.read(schemas.holdSeats, { ...good, buyerId: 'a\ud800' })),
      'a lone surrogate',
    ).to.deep.equal(['buyer_id']);
    expect(fieldsOf(() => schemas.read(schemas.holdSeats, { ...good, buyerId: 'x'.repeat(128) }))).to.deep.equal([]);
  });

  it('turns a ttl into milliseconds, within what a screening can count', () => {
    const ttl = (seconds: number, nanos: number) =>
      schemas.read(schemas.holdSeats, { ...good, ttl: { seconds, nanos } }).ttl;
    expect(ttl(1, 0)).to.equal(1_000);
    expect(ttl(2, 345_600_000)).to.equal(2_346);
    for (const [seconds, nanos] of [
      [0, 999_000_000],
      [-1, 0],
      [2 ** 53 - 1, 0],
    ] as const)
      expect(fieldsOf(() => ttl(seconds, nanos))).to.deep.equal(['ttl']);
  });

  it('reads its own page tokens and no others', () => {
    const time = schemas.cursorTime;
    expect(schemas.readPageToken(time.array(), '')).to.equal(undefined);
    expect(schemas.readPageToken(time.array(), schemas.pageTokenOf([5]))).to.deep.equal([5]);
    for (const token of [
      schemas.pageTokenOf([-1]),
      schemas.pageTokenOf([1e300]),
      schemas.pageTokenOf(['a']),
      'garbage',
      '%',
    ])
      expect(fieldsOf(() => schemas.readPageToken(time.array(), token))).to.deep.equal(['page_token']);
    fc.assert(
      fc.property(fc.string(), (token) => {
        expect(fieldsOf(() => schemas.readPageToken(time.array(), token))).to.be.an('array');
      }),
    );
  });
});

import { expect } from 'chai';
import { HoldSeatsRequest, SeatServiceService } from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { Malformed, methodTable } from '../../../src/transport/grpc/method-table.js';

describe('the decoder of requests', () => {
  const table = methodTable(SeatServiceService, {}, { default: 100, bookSeats: 10 });
  const decode = (bytes: Uint8Array, method = 'holdSeats'): unknown =>
    table[method]?.requestDeserialize(Buffer.from(bytes));

  it('decodes what is right, in any script', () => {
    const request = HoldSeatsRequest.fromPartial({ buyerId: '\ufeffمشتري 👩‍👩‍👧 \ufffd', seatIds: ['1-1'] });
    expect(decode(HoldSeatsRequest.encode(request).finish())).to.deep.equal(request);
    expect(decode(new Uint8Array())).to.deep.equal(HoldSeatsRequest.fromPartial({}));
  });

  it('never throws: what is wrong is Malformed', () => {
    for (const wrong of ['ff', '0a7f41', '0b', '1a02c328', '1a03eda080', '2a0a08ffffffffffffffff7f']) {
      expect(decode(Buffer.from(wrong, 'hex')), wrong).to.be.instanceOf(Malformed);
    }
  });

  it('takes no more bytes than the method may have', () => {
    expect(decode(new Uint8Array(101)))
      .to.be.instanceOf(Malformed)
      .with.property('problem')
      .that.includes('101')
      .and.includes('100');
    expect(decode(new Uint8Array(11), 'bookSeats')).to.be.instanceOf(Malformed);
  });
});

import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { expect } from 'chai';
import fc from 'fast-check';
import { HoldSeatsRequest } from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { peekText } from '../../../src/transport/wire/peek-text.js';

const text = fc.string({ unit: 'grapheme' });

describe('peeking at a text field', () => {
  it('sees what decoding sees, in any message', () => {
    fc.assert(
      fc.property(text, text, fc.array(text), fc.boolean(), (screeningId, buyerId, seatIds, dry) => {
        const request = HoldSeatsRequest.fromPartial({
          screeningId: screeningId,
          buyerId: buyerId,
          seatIds: seatIds,
          ttl: { seconds: 5, nanos: 1 },
          validateOnly: dry,
        });
        const bytes = HoldSeatsRequest.encode(request).finish();
        expect(peekText(bytes, 2)).to.equal(request.screeningId);
        expect(peekText(bytes, 3)).to.equal(request.buyerId);
      }),
    );
  });

  it('sees an absent field as empty, and the last of several', () => {
    expect(peekText(new Uint8Array(), 2)).to.equal('');
    const twice = new BinaryWriter().uint32(18).string('first').uint32(18).string('second').finish();
    expect(peekText(twice, 2)).to.equal('second');
    expect(HoldSeatsRequest.decode(twice).screeningId, 'as decoding does').to.equal('second');
  });

  it('sees nothing in bytes that are not a message, whatever they are', () => {
    for (const wrong of ['ff', '0a7f41', '0b', '1202c328']) {
      expect(peekText(Buffer.from(wrong, 'hex'), 2), wrong).to.equal(undefined);
    }
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const seen = peekText(bytes, 2);
        expect(seen === undefined || typeof seen === 'string').to.equal(true);
      }),
    );
  });
});

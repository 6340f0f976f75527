import { expect } from 'chai';
import { HoldSeatsResponse } from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { serializer } from '../../../src/transport/wire/message-writer.js';

const answer = (seats: number): HoldSeatsResponse =>
  HoldSeatsResponse.fromPartial({
    revision: 2 ** 40 + seats,
    hold: {
      holdToken: 'token',
      seatIds: Array.from({ length: seats }, (_, seat) => `seat-${seat}`),
      expireTime: new Date(seats),
    },
  });

describe('the serializer of answers', () => {
  it('writes what the generated code writes, whatever it wrote before', () => {
    const serialize = serializer(HoldSeatsResponse);
    for (const seats of [0, 1, 200, 3, 5_000, 0, 1]) {
      const expected = Buffer.from(HoldSeatsResponse.encode(answer(seats)).finish());
      expect(serialize(answer(seats)).equals(expected), `${seats} seats`).to.equal(true);
    }
  });

  it('gives each answer bytes of its own', () => {
    const serialize = serializer(HoldSeatsResponse);
    const first = serialize(answer(3));
    const copy = Buffer.from(first);
    serialize(answer(4));
    expect(first.equals(copy)).to.equal(true);
  });

  it('starts clean after a message that could not be written', () => {
    const serialize = serializer(HoldSeatsResponse);
    const broken = { ...answer(2), revision: 0.5 };
    expect(() => serialize(broken)).to.throw();
    expect(HoldSeatsResponse.decode(serialize(answer(2)))).to.deep.equal(
      HoldSeatsResponse.decode(HoldSeatsResponse.encode(answer(2)).finish()),
    );
  });
});

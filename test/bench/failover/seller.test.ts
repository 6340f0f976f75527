import { expect } from 'chai';
import { ErrorInfo, PreconditionFailure } from '../../../proto/gen/google/rpc/error_details.js';
import type { Answer } from '../../../bench/failover/client.js';
import { Seller, type Step } from '../../../bench/failover/seller.js';
import { BookingState } from '../../../proto/gen/cinema/boxoffice/v1/resources.js';
import {
  CancelBookingRequest,
  CancelBookingResponse,
  ConfirmHoldRequest,
  ConfirmHoldResponse,
  HoldSeatsRequest,
  HoldSeatsResponse,
} from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import { Status } from '../../../proto/gen/cinema/boxoffice/v1/status.js';

const FAILED_PRECONDITION = 9;
const ok = (message: Uint8Array): Answer => ({ status: 0, message: Buffer.from(message), details: undefined });

/** An honest box office of one screening, as far as this seller needs one. */
class HonestBoxOffice {
  revision = 1;
  private readonly buyers = new Map<string, { readonly buyerId: string; readonly seatIds: string[] }>();
  private readonly sold = new Set<string>();

  answer({ path, request }: Step): Answer {
    switch (path.split('/').at(-1)) {
      case 'HoldSeats':
        return this.hold(HoldSeatsRequest.decode(request));
      case 'ConfirmHold':
        return this.confirm(ConfirmHoldRequest.decode(request));
      default:
        return this.cancel(CancelBookingRequest.decode(request));
    }
  }

  hold({ screeningId, buyerId, seatIds }: HoldSeatsRequest): Answer {
    if (seatIds.some((seat) => this.sold.has(seat))) return seatTaken(seatIds[0] ?? '');
    const holdToken = `token${String((this.revision += 1))}`.padEnd(22, '_');
    this.buyers.set(holdToken, { buyerId, seatIds });
    const hold = { screeningId, holdToken, buyerId, seatIds };
    return ok(HoldSeatsResponse.encode(HoldSeatsResponse.fromPartial({ hold, revision: this.revision })).finish());
  }

  private confirm({ screeningId, buyerId, holdToken }: ConfirmHoldRequest): Answer {
    const { seatIds = [] } = this.buyers.get(holdToken) ?? {};
    const bookingId = `booking-${String((this.revision += 1))}`;
    this.buyers.set(bookingId, { buyerId, seatIds });
    for (const seat of seatIds) this.sold.add(seat);
    const booking = { bookingId, screeningId, buyerId, seatIds, state: BookingState.BOOKING_STATE_ACTIVE };
    return ok(
      ConfirmHoldResponse.encode(ConfirmHoldResponse.fromPartial({ booking, revision: this.revision })).finish(),
    );
  }

  private cancel({ bookingId }: CancelBookingRequest): Answer {
    const { seatIds = [] } = this.buyers.get(bookingId) ?? {};
    for (const seat of seatIds) this.sold.delete(seat);
    const answer = { booking: { bookingId }, cancelledSeatIds: seatIds, revision: (this.revision += 1) };
    return ok(CancelBookingResponse.encode(CancelBookingResponse.fromPartial(answer)).finish());
  }
}

function seatTaken(seatId: string, type = 'SEAT_BOOKED'): Answer {
  const any = (name: string, value: Uint8Array): { typeUrl: string; value: Buffer } => ({
    typeUrl: `type.googleapis.com/google.rpc.${name}`,
    value: Buffer.from(value),
  });
  const violations = [{ type, subject: seatId, description: '' }];
  const status = Status.fromPartial({
    code: FAILED_PRECONDITION,
    details: [
      any('ErrorInfo', ErrorInfo.encode(ErrorInfo.fromPartial({ reason: 'SEAT_UNAVAILABLE' })).finish()),
      any('PreconditionFailure', PreconditionFailure.encode(PreconditionFailure.fromPartial({ violations })).finish()),
    ],
  });
  return {
    status: FAILED_PRECONDITION,
    message: Buffer.alloc(0),
    details: Buffer.from(Status.encode(status).finish()).toString('base64'),
  };
}

/** The next step of a seller who has seats left. */
function next(seller: Seller): Step {
  const step = seller.next();
  if (step === undefined) throw new Error('nothing left to sell');
  return step;
}

function isHold(step: Step): boolean {
  return step.path.endsWith('/HoldSeats');
}

describe('a seller of the failover benchmark', () => {
  let seller: Seller;
  let boxOffice: HonestBoxOffice;
  beforeEach(() => {
    seller = new Seller('screening', 40);
    boxOffice = new HonestBoxOffice();
  });
  const sell = (steps: number): string[] =>
    Array.from({ length: steps }, () => {
      const step = next(seller);
      return step.settle(boxOffice.answer(step)).kind;
    });

  it('has nothing to say against an honest box office, sells, gives back, and asks for what is taken', () => {
    const outcomes = sell(400);
    expect(new Set(outcomes)).to.deep.equal(new Set(['done', 'refused']));
    expect(outcomes.filter((kind) => kind === 'refused')).to.have.length.within(15, 20);
    expect(seller.kept).to.have.length.within(8, 12);
    expect(seller.promised.length).to.be.greaterThan(250);
  });

  it('notices a seat that is sold a second time', () => {
    sell(19);
    const step = next(seller);
    const { buyerId, seatIds } = HoldSeatsRequest.decode(step.request);
    const hold = { screeningId: 'screening', holdToken: 'x'.repeat(22), buyerId, seatIds };
    const outcome = step.settle(
      ok(HoldSeatsResponse.encode(HoldSeatsResponse.fromPartial({ hold, revision: 99 })).finish()),
    );
    expect(outcome).to.deep.include({ kind: 'wrong' });
  });

  it('notices an owner that answers from the past', () => {
    sell(10);
    boxOffice.revision -= 1;
    const step = next(seller);
    expect(step.settle(boxOffice.answer(step))).to.deep.include({ kind: 'wrong' });
  });

  it('does not mind answers that overtake each other', () => {
    const [first, second] = [next(seller), next(seller)];
    const answers = [boxOffice.answer(first), boxOffice.answer(second)] as const;
    expect(second.settle(answers[1]).kind).to.equal('done');
    expect(first.settle(answers[0]).kind).to.equal('done');
  });

  it('notices an answer that is for somebody else, no message at all, or a refusal of what is free', () => {
    const other = next(seller);
    const otherAnswer = boxOffice.answer(other);
    expect(next(seller).settle(otherAnswer)).to.deep.include({ kind: 'wrong' });
    expect(next(seller).settle(ok(Buffer.from([0xff, 0xff])))).to.deep.include({ kind: 'wrong' });
    expect(next(seller).settle(seatTaken('S-3'))).to.deep.include({ kind: 'wrong' });
    expect(next(seller).settle({ ...seatTaken('S-4'), details: undefined })).to.deep.include({ kind: 'wrong' });
  });

  it('takes no failure for a refusal, and never asks again for a seat whose command failed', () => {
    const lost = next(seller);
    const { seatIds } = HoldSeatsRequest.decode(lost.request);
    expect(lost.settle({ status: 14, message: Buffer.alloc(0), details: undefined })).to.deep.equal({
      kind: 'failed',
      status: 14,
    });
    const asked = new Set<string>();
    for (let step = 0; step < 400; step += 1) {
      const errand = next(seller);
      if (isHold(errand)) for (const seat of HoldSeatsRequest.decode(errand.request).seatIds) asked.add(seat);
      errand.settle(boxOffice.answer(errand));
    }
    expect(asked).to.have.length(39);
    expect(asked.has(seatIds[0] ?? '')).to.equal(false);
  });
});

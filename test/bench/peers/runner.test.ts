import { expect } from 'chai';
import type { RawClient } from '../../../bench/load/raw-client.js';
import type { Contender } from '../../../bench/peers/contenders.js';
import { Runner } from '../../../bench/peers/measure.js';
import { HoldSeatsRequest, HoldSeatsResponse } from '../../../proto/gen/cinema/boxoffice/v1/seat_service.js';

const PLAN = { trySeconds: 0.01, warmUpSeconds: 0.01, rounds: 1, roundSeconds: 0.02, pacedRounds: 0, pacedSeconds: 0 };

describe('a contender in the comparison with peers', () => {
  const steps: string[] = [];
  const asked: string[] = [];
  let used = 0;

  /** Accepts whatever it is asked. */
  const client: RawClient = {
    isOpen: true,
    async call(_path, message) {
      const { buyerId, seatIds } = HoldSeatsRequest.decode(message);
      asked.push(...seatIds);
      await new Promise((resolve) => setImmediate(resolve));
      const answer = HoldSeatsResponse.fromPartial({
        hold: { holdToken: 'a'.repeat(22), buyerId, seatIds },
        revision: 2,
      });
      return {
        status: 0,
        message: Buffer.from(HoldSeatsResponse.encode(answer).finish()),
        details: undefined,
        isUnseen: false,
      };
    },
    onEnd: () => undefined,
    close: () => undefined,
  };

  const contender: Contender = {
    name: 'postgres',
    clients: [client],
    path: '',
    sale: {
      async take() {
        steps.push('seats taken');
        return Promise.resolve({ screeningId: 'hot', firstSeat: 100 });
      },
      used(seats) {
        used += seats;
      },
    },
    callers: [2],
    sharesEqualLoad: true,
    appendFsync: undefined,
    cpuMicros() {
      steps.push('CPU read');
      return Promise.resolve(0);
    },
    collectGarbage: () => Promise.resolve(),
    sweep: undefined,
  };

  it('has all its seats before its CPU is read: opening a screening for them is not counted', async () => {
    const runner = new Runner(
      contender,
      () => 0,
      () => Promise.resolve(),
    );
    await runner.fullLoad(PLAN);
    expect(steps).to.deep.equal(['seats taken', 'CPU read', 'CPU read']);
    // The round goes on where its warm-up ended.
    expect(asked).to.deep.equal(asked.map((_seat, index) => `S-${String(100 + index)}`));
    expect(used).to.equal(asked.length);
    const { accepted, acceptedWithWarmUp } = runner.account.counted;
    expect(acceptedWithWarmUp).to.equal(asked.length).and.greaterThan(accepted);
  });
});

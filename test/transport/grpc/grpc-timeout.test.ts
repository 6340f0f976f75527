import { expect } from 'chai';
import { timeoutMsOf } from '../../../src/transport/grpc/grpc-timeout.js';

describe('a grpc-timeout header', () => {
  it('is a number and a unit', () => {
    const inMs = ['2H', '3M', '4S', '5m', '6000u', '7000000n', '0m', '99999999S'].map(timeoutMsOf);
    const expected = [7_200_000, 180_000, 4_000, 5, 6, 7, 0, 99_999_999_000];
    for (const [index, ms] of inMs.entries()) expect(ms).to.be.closeTo(expected[index] ?? Number.NaN, 1e-6);
  });

  it('that is not there means no end', () => {
    expect(timeoutMsOf(undefined)).to.equal(Number.POSITIVE_INFINITY);
  });

  it('that is neither is not one', () => {
    for (const header of ['', 'm', '5', '-5m', '5.5m', '5 m', '123456789m', '5ms', 'soon'])
      expect(timeoutMsOf(header), header).to.equal(undefined);
    expect(timeoutMsOf(['5m', '6m'])).to.equal(undefined);
  });
});

import { expect } from 'chai';
import { mender } from '../../src/node/mend.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('mending the embedded Postgres', () => {
  it('happens once however many ask, and a failure is told once', async () => {
    let repairs = 0;
    const told: unknown[] = [];
    let fail = (_error: Error): void => undefined;
    const mend = mender(
      () => {
        repairs += 1;
        return new Promise((_resolve, reject) => (fail = reject));
      },
      (error) => told.push(error),
    );
    for (let asked = 0; asked < 5; asked += 1) mend();
    const error = new Error('no disk');
    fail(error);
    await settled();
    expect([repairs, told]).to.deep.equal([1, [error]]);
    mend();
    expect(repairs, 'whoever asks later gets another try').to.equal(2);
  });
});

import { expect } from 'chai';
import { mender } from '../../src/node/mend.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('mending the embedded Postgres', () => {
  let repairs: { readonly succeed: () => void; readonly fail: (error: Error) => void }[];
  let told: string[];
  let mend: () => void;
  beforeEach(() => {
    repairs = [];
    told = [];
    mend = mender(
      () => new Promise((resolve, fail) => repairs.push({ succeed: resolve, fail })),
      (reason) => told.push(reason),
    );
  });
  const end = async (how: 'repaired' | Error): Promise<void> => {
    mend();
    const repair = repairs.at(-1);
    if (how === 'repaired') repair?.succeed();
    else repair?.fail(how);
    await settled();
  };

  it('happens once however many ask, and whoever asks later gets another try', async () => {
    for (let asked = 0; asked < 5; asked += 1) mend();
    expect(repairs).to.have.length(1);
    await end(new Error('no disk'));
    mend();
    expect(repairs).to.have.length(2);
  });

  it('tells why it failed once per reason, and again after it had succeeded', async () => {
    await end(new Error('no disk\n12:00 process 1'));
    await end(new Error('no disk\n12:01 process 2'));
    expect(told).to.deep.equal(['no disk\n12:00 process 1']);
    await end(new Error('no memory'));
    expect(told.slice(1)).to.deep.equal(['no memory']);
    await end('repaired');
    await end(new Error('no memory'));
    expect(told.slice(1)).to.deep.equal(['no memory', 'no memory']);
  });
});

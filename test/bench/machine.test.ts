import { expect } from 'chai';
import { MachineUnfit, resultOrUnfit } from '../../bench/machine.js';

describe('a measurement that others do without', () => {
  it('gives what it measured, or why it could not', async () => {
    expect(await resultOrUnfit(Promise.resolve(7))).to.equal(7);
    const unfit = new MachineUnfit('ghz did not run');
    expect(await resultOrUnfit(Promise.reject(unfit))).to.equal(unfit);
  });

  it('hides no other failure', async () => {
    const failed = await resultOrUnfit(Promise.reject(new Error('a bug'))).catch((error: unknown) => error);
    expect(failed).to.be.an('error').with.property('message', 'a bug');
    expect(failed).not.to.be.instanceOf(MachineUnfit);
  });
});

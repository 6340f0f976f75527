import { expect } from 'chai';
import { MachineUnfit } from '../../../bench/machine.js';
import { requireRoom, shortPlan, type Plan } from '../../../bench/viewers/plan.js';

describe('the room that the benchmark of viewers needs', () => {
  const withViewers = (viewers: number): Plan => ({
    ...shortPlan,
    processes: 1,
    steps: [{ viewers, changes: 1, periodMs: 1, restMs: 0 }],
  });

  it('has a port for each viewer of a process, from the first that they are told', () => {
    expect(() => requireRoom(withViewers(65_535 - 33_000 + 2))).to.throw(MachineUnfit, 'ports from 33000 on');
    // That many may be too many for something else.
    try {
      requireRoom(withViewers(65_535 - 33_000 + 1));
    } catch (error) {
      expect(String(error)).to.not.include('port');
    }
  });

  it('is not there where the system does not tell what processes use', () => {
    expect(() => requireRoom(shortPlan, '/there-is-no-such-folder')).to.throw(MachineUnfit, 'are read from');
  });
});

import { expect } from 'chai';
import { Account } from '../../../bench/peers/account.js';
import type { ContenderName } from '../../../bench/peers/contenders.js';
import { outcomeOf } from '../../../bench/peers/outcome.js';

const NAMES: readonly ContenderName[] = ['floor', 'ours', 'redis', 'postgres', 'classic', 'classic-defaults'];

describe('the outcome of the comparison with peers', () => {
  /** Ten seconds of throughput. */
  function measured(rps: number, cpuMicros: number): { account: Account; callers: number; sweep: undefined } {
    const account = new Account();
    const accepted = rps * 10;
    const acceptedWithWarmUp = accepted * 1.25;
    const serverCpuMicros = acceptedWithWarmUp * cpuMicros;
    account.counted = { accepted, acceptedWithWarmUp, seconds: 10, serverCpuMicros, storeCpuMicros: 0 };
    account.roundRps.push(rps);
    account.equalLoadMicros.recordValue(1_000);
    return { account, callers: 128, sweep: undefined };
  }

  it('says how busy the server was with the floor and with ours, and the ratio by CPU', () => {
    const all = new Map(NAMES.map((name) => [name, measured(1_000, 50)]));
    all.set('floor', measured(20_000, 25)).set('ours', measured(16_000, 40));
    const { figures, notes } = outcomeOf({ measured: all, equalLoad: 750 });
    expect(figures).to.deep.include({ cpu_ratio_floor: 0.625 });
    expect(figures['server_busy_cores']).to.include({ floor: 0.5, ours: 0.64, redis: 0.05 });
    expect(notes.join(' '))
      .to.include('busy 0.50 of a core with the floor and 0.64 of one with ours')
      .and.include('0.63');
  });
});

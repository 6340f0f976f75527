import { expect } from 'chai';
import { StorageUnavailable } from '../../src/runtime/index.js';
import { openLog, openMetrics, runtimeProbe } from '../../src/telemetry/index.js';

describe('the log of the runtime', () => {
  it('tells an outage in a line without a stack, and anything else with one', () => {
    const lines: { level: string; fields: object }[] = [];
    const log = Object.assign(openLog('silent', 'test-node'), {
      warn: (fields: object) => lines.push({ level: 'warn', fields }),
      error: (fields: object) => lines.push({ level: 'error', fields }),
    });
    const probe = runtimeProbe(log, openMetrics('test-node'));
    probe.activationFailed('tonight', new StorageUnavailable('Postgres: connect ECONNREFUSED'));
    const bug = new Error('a gap');
    probe.activationFailed('tonight', bug);
    expect(lines).to.deep.equal([
      { level: 'warn', fields: { screening: 'tonight', reason: 'Postgres: connect ECONNREFUSED' } },
      { level: 'error', fields: { screening: 'tonight', err: bug } },
    ]);
  });
});

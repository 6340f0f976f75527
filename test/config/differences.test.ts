import { expect } from 'chai';
import { configDifferences, readConfig } from '../../src/config/index.js';

describe('the differences of a configuration from the defaults', () => {
  it('are nothing for the defaults', () => {
    expect(configDifferences(readConfig({}, 'defaults'))).to.deep.equal({});
    expect(
      configDifferences(readConfig({ node: { grpcPort: 50_051 }, demoData: false }, 'defaults said')),
    ).to.deep.equal({});
  });

  it('are what a file has to say, and nothing else', () => {
    const said = {
      node: { id: 'node-2', grpcPort: 1 },
      cluster: { nodes: [{ id: 'node-2', host: 'h' }], tls: { caFile: 'a', certificateFile: 'b', keyFile: 'c' } },
      postgres: { url: 'postgres://host/db' },
      demoData: true,
    };
    const config = readConfig({ ...said, http: { allowedOrigins: [] } }, 'a file');
    expect(configDifferences(config)).to.deep.equal(said);
    expect(readConfig(configDifferences(config), 'what it has to say')).to.deep.equal(config);
  });
});

import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { configTable } from '../../src/config/index.js';

const START = '<!-- configuration -->\n';
const END = '\n<!-- /configuration -->';

/** From dist/test/config. */
const readme = new URL('../../../README.md', import.meta.url);

describe('the configuration table of the README', () => {
  it('is the one the schema makes', async () => {
    const text = (await readFile(readme, 'utf8')).replaceAll('\r\n', '\n');
    const start = text.indexOf(START);
    const end = text.indexOf(END);
    expect(start, `README.md has a line ${START.trim()}`).to.be.greaterThan(-1);
    expect(end, `README.md has a line ${END.trim()} below it`).to.be.greaterThan(start);
    const table = configTable();
    if (text.slice(start + START.length, end) === table) return;
    // No diff of one long text: what is to be done, ready to be copied.
    expect.fail(
      `README.md does not show the settings as they are. Put this between ${START.trim()} and ${END.trim()}:\n\n${table}\n`,
    );
  });
});

import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { writableFile } from '../../bench/writable-file.js';

describe('a file for figures', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'cinema-figures-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('may be new, and is not made before there are figures', async () => {
    expect(writableFile(path.join(folder, 'new.json'))).to.equal(path.join(folder, 'new.json'));
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('may be there, and keeps what is in it until there are others', async () => {
    const file = path.join(folder, 'old.json');
    await writeFile(file, '{}');
    writableFile(file);
    expect(await readFile(file, 'utf8')).to.equal('{}');
  });

  it('is refused in a sentence where it cannot be written', () => {
    expect(() => writableFile(path.join(folder, 'absent', 'x.json'))).to.throw(
      `There is no folder ${path.join(folder, 'absent')}.`,
    );
    expect(() => writableFile(folder)).to.throw('That is a folder.');
  });
});

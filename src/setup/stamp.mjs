import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * Remembers inside a folder what the folder was made from; deleting the folder
 * forgets it too.
 */
export class Stamp {
  #file;

  constructor(folder) {
    this.#file = path.join(root, folder, '.prepared');
  }

  read() {
    try {
      return fs.readFileSync(this.#file, 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Before work starts: an interrupted step must not look finished. */
  clear() {
    fs.rmSync(this.#file, { force: true });
  }

  /** By rename: a reader sees the whole stamp or none. */
  write(fingerprint) {
    const partial = `${this.#file}.${process.pid}`;
    fs.mkdirSync(path.dirname(this.#file), { recursive: true });
    fs.writeFileSync(partial, fingerprint);
    fs.renameSync(partial, this.#file);
  }
}

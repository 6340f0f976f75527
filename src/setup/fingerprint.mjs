import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** Files below a folder of the checkout, as sorted paths relative to the checkout; none when there is no such folder. */
export function filesBelow(folder) {
  const full = path.join(root, folder);
  if (!fs.existsSync(full)) return [];
  return fs
    .readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/** Changes when any content does. For few and small files. */
export function contentFingerprint(files, ...also) {
  const hash = createHash('sha256').update(also.join('\n'));
  for (const file of files) {
    hash.update(`\n${file}\n`);
    if (fs.existsSync(path.join(root, file))) hash.update(fs.readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

/** Changes when a file is added, removed or written; a touch without a change costs one build for nothing. */
export function writeTimeFingerprint(files, ...also) {
  const hash = createHash('sha256').update(also.join('\n'));
  for (const file of files) {
    const stat = fs.statSync(path.join(root, file), { throwIfNoEntry: false });
    hash.update(`\n${file} ${stat?.mtimeMs} ${stat?.size}`);
  }
  return hash.digest('hex');
}

import fs from 'node:fs';
import path from 'node:path';
import { filesBelow, writeTimeFingerprint } from './fingerprint.mjs';
import { root } from './paths.mjs';
import { mustSucceed, runTool, tools } from './run-command.mjs';
import { Stamp } from './stamp.mjs';

const stamp = new Stamp('dist');
const compiledFolders = ['src', 'actors', 'proto/gen', 'bench', 'test'];
/** Runs in the browser, so it is compiled against other types; its outDir is its own place in dist. */
const browserPage = 'src/browser/page';
const isSource = (file) => /(?<!\.d)\.[mc]?ts$/.test(file);
/** What the program reads at run time beside its code. Protocol definitions are read from proto/. */
const isAsset = (file) =>
  /^(src|actors|bench|test)\//.test(file) &&
  /\.(lua|html|css|svg|png|ico|json|sql|mjs)$/.test(file) &&
  !/\/tsconfig[^/]*\.json$/.test(file);

/** dist/: compiled code and copied assets of the sources that exist now, and nothing else. */
export const compile = {
  name: 'compile',
  isDone: () => stamp.read() === fingerprint(sources()),
  async run() {
    stamp.clear();
    // Taken before compiling: what is written meanwhile is compiled next time.
    const files = sources();
    const before = fingerprint(files);
    await mustSucceed('tsc', runTool(tools.tsc, ['-p', '.']));
    if (fs.existsSync(path.join(root, browserPage, 'tsconfig.json'))) {
      await mustSucceed(`tsc of ${browserPage}`, runTool(tools.tsc, ['-p', browserPage]));
    }
    for (const file of files.filter(isAsset)) copyToDist(file);
    removeStale(files);
    stamp.write(before);
  },
};

const sources = () => compiledFolders.flatMap((folder) => filesBelow(folder));

function fingerprint(files) {
  return writeTimeFingerprint([...files, 'tsconfig.json', 'package-lock.json']);
}

function copyToDist(file) {
  const target = path.join(root, 'dist', file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(path.join(root, file), target);
}

/** tsc never deletes; without this a deleted test would go on running. */
function removeStale(files) {
  const expected = new Set();
  for (const file of files) {
    if (isAsset(file)) expected.add(`dist/${file}`);
    if (!isSource(file)) continue;
    const output = `dist/${file.replace(/ts$/, 'js')}`;
    expected.add(output).add(`${output}.map`);
  }
  for (const file of filesBelow('dist')) {
    if (!expected.has(file) && !file.endsWith('.tsbuildinfo')) fs.rmSync(path.join(root, file));
  }
}

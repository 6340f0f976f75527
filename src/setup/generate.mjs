import fs from 'node:fs';
import path from 'node:path';
import { contentFingerprint, filesBelow } from './fingerprint.mjs';
import { root } from './paths.mjs';
import { mustSucceed, runTool, tools } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';
import { Stamp } from './stamp.mjs';

const DESCRIPTORS = 'proto/gen/descriptors.binpb';
const stamp = new Stamp('proto/gen');

/** TypeScript from proto/ into proto/gen. */
export const generate = {
  name: 'generate code from proto',
  isDone: () => stamp.read() === fingerprint(),
  async run() {
    stamp.clear();
    const before = fingerprint();
    await mustSucceed('buf generate', runTool(tools.buf, ['generate'], { env: withModuleBins() }));
    // What server reflection tells its clients; after `buf generate`, which empties the folder.
    await mustSucceed('buf build', runTool(tools.buf, ['build', '-o', DESCRIPTORS], { env: withModuleBins() }));
    const missing = protoFiles()
      .map((file) => file.replace(/^proto\//, 'proto/gen/').replace(/\.proto$/, '.ts'))
      .filter((file) => !fs.existsSync(path.join(root, file)));
    if (missing.length > 0) throw new SetupError(`buf generate did not write ${missing.join(', ')}.`);
    stamp.write(before);
  },
};

const protoFiles = () => filesBelow('proto').filter((file) => file.endsWith('.proto'));

/** The lockfile counts because it decides the version of the generator. */
function fingerprint() {
  return contentFingerprint([
    ...protoFiles(),
    'buf.yaml',
    'buf.gen.yaml',
    'package-lock.json',
    'src/setup/generate.mjs',
  ]);
}

/** buf finds its own helpers on PATH. */
function withModuleBins() {
  return { ...process.env, PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}` };
}

// node src/setup/run.mjs <script> [arguments]: prepares the checkout, then becomes
// the script. In this very process, so that signals, exit code and terminal need
// no forwarding.
import './require-node.mjs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { tools } from './run-command.mjs';
import { exitWithError, SetupError } from './setup-error.mjs';

const inDist = (file) => path.join(root, 'dist', file);

const scripts = {
  start: { file: inDist('src/main.js') },
  cluster: { file: inDist('src/local-cluster/main.js') },
  cinema: { file: inDist('src/cli/cinema.js'), quiet: true },
  loadtest: { file: inDist('bench/loadtest.js') },
  bench: { file: inDist('bench/main.js') },
  'bench:profile': { file: inDist('bench/profile.js') },
  'bench:failover': { file: inDist('bench/failover.js') },
  test: { file: tools.mocha },
  'test:simulation': { file: inDist('test/simulation/main.js') },
  'test:chaos': { file: inDist('test/chaos/main.js') },
  'test:coverage': { file: tools.c8, args: [process.execPath, tools.mocha] },
  typecheck: { file: tools.tsc, args: ['-p', '.', '--noEmit'], upTo: 'generate' },
  lint: { file: tools.eslint, args: ['.', '--max-warnings=0'], upTo: 'generate' },
  format: { file: tools.prettier, args: ['--write', '--log-level=warn', '.'], upTo: 'install' },
  'format:check': { file: tools.prettier, args: ['--check', '--log-level=warn', '.'], upTo: 'install' },
  architecture: { file: tools.depcruise, args: ['src', 'actors', 'bench', 'test'], upTo: 'generate' },
  deadcode: { file: tools.knip, upTo: 'generate' },
  'proto:lint': { file: tools.buf, args: ['lint'], upTo: 'install' },
};

async function become(name, args) {
  const script = scripts[name];
  if (script === undefined) throw new SetupError(`Unknown script ${name}; known: ${Object.keys(scripts).join(', ')}.`);
  await prepare({ upTo: script.upTo, quiet: script.quiet });
  // Stack traces name the TypeScript line.
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, script.file, ...(script.args ?? []), ...args];
  await import(pathToFileURL(script.file).href);
}

const [name, ...args] = process.argv.slice(2);
await become(name, args).catch(exitWithError);

// Everything CI runs, one after another, one line each; stops at the first failure.
// --except=<check>[,<check>] leaves some out.
import './require-node.mjs';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';
import { runTool } from './run-command.mjs';
import { exitWithError, SetupError } from './setup-error.mjs';

const checks = ['format:check', 'typecheck', 'lint', 'architecture', 'deadcode', 'proto:lint', 'test'];
const runScript = fileURLToPath(new URL('run.mjs', import.meta.url));

function chosenChecks(argument = '') {
  const except = argument
    .replace(/^--except=/, '')
    .split(',')
    .filter(Boolean);
  const unknown = except.filter((name) => !checks.includes(name));
  if (unknown.length > 0) throw new SetupError(`No such check: ${unknown.join(', ')}; there are ${checks.join(', ')}.`);
  return checks.filter((name) => !except.includes(name));
}

async function verify(names) {
  await prepare();
  for (const name of names) {
    const startMs = performance.now();
    const { code, output } = await runTool(runScript, [name]);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    if (code !== 0) throw new SetupError(`${output.trimEnd()}\n\n${name.padEnd(13)} FAILED  ${seconds} s`);
    // The tests end with their count.
    const result = name === 'test' ? output.trimEnd().split('\n').at(-1) : 'ok';
    process.stdout.write(`${name.padEnd(13)} ${result}  ${seconds} s\n`);
  }
}

try {
  await verify(chosenChecks(process.argv[2]));
} catch (error) {
  exitWithError(error);
}

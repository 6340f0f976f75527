import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

/** The JavaScript file behind a command in node_modules/.bin; runs on Windows too, where .bin has shell scripts. */
const tool = (file) => path.join(root, 'node_modules', file);

export const tools = {
  buf: tool('@bufbuild/buf/bin/buf'),
  c8: tool('c8/bin/c8.js'),
  depcruise: tool('dependency-cruiser/bin/dependency-cruise.mjs'),
  eslint: tool('eslint/bin/eslint.js'),
  knip: tool('knip/bin/knip.js'),
  mocha: tool('mocha/bin/mocha.js'),
  prettier: tool('prettier/bin/prettier.cjs'),
  tsc: tool('typescript/bin/tsc'),
};

/**
 * Runs a command in the checkout, without stdin, and collects what it prints.
 * A signal to this process ends the command too, and then this process.
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runCommand(command, args, { cwd = root, env = process.env, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = (signal) => {
      child.kill(signal);
      process.exit(128 + constants.signals[signal]);
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const done = () => process.off('SIGINT', stop).off('SIGTERM', stop);
    child.once('error', (error) => {
      done();
      reject(new SetupError(`Cannot run ${command}: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      done();
      resolve({ code: code ?? 128 + constants.signals[signal], output: Buffer.concat(chunks).toString() });
    });
  });
}

/** Runs a JavaScript tool with this very Node. */
export const runTool = (file, args, options) => runCommand(process.execPath, [file, ...args], options);

/** Fails with everything the command printed. */
export async function mustSucceed(what, running) {
  const { code, output } = await running;
  if (code !== 0) throw new SetupError(`${output.trimEnd()}\n\n${what} failed (exit code ${code}); see above.`);
  return output;
}

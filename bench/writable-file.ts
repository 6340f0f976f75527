import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';

/** A file that figures can be written to: that they cannot is to be known before they are measured. */
export function writableFile(file: string): string {
  const isThere = existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new InvalidArgumentError(`${whyNot(file, error)}.`);
  }
  // A run that fails leaves no file.
  if (!isThere) rmSync(file);
  return file;
}

function whyNot(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `There is no folder ${path.dirname(path.resolve(file))}`;
  if (code === 'EISDIR') return 'That is a folder';
  return `It cannot be written: ${error instanceof Error ? error.message : String(error)}`;
}

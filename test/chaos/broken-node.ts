import { runNode } from '../../src/main.js';
import { readArguments } from '../../src/node/arguments.js';
import { SABOTAGE, withoutGuarantee } from './sabotage.js';

/**
 * The program without one of its guarantees, for showing that its absence is noticed.
 * Takes the program's arguments; the environment says which guarantee.
 */
await runNode(readArguments(process.argv.slice(2)), withoutGuarantee(process.env[SABOTAGE]));

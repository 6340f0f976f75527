/** A node as `npm start` runs it, that collects its garbage when it is told to. */
import { runNode } from '../../src/main.js';
import { readArguments } from '../../src/node/arguments.js';
import { collectOnSignal } from './collect-on-signal.js';

collectOnSignal();
await runNode(readArguments(process.argv.slice(2)));

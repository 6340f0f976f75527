import { StartError } from './start-error.js';

/** What keeps a port from being opened is the configuration's or the machine's fault, unless it is plainly a bug. */
export async function openedPort<Server>(opening: Promise<Server>): Promise<Server> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) throw error;
    throw new StartError(sentenceOf(error.message), { cause: error });
  }
}

/** grpc-js wraps what the operating system said in words that tell an operator nothing. */
function sentenceOf(message: string): string {
  return message.replace(/No address added out of total \d+ resolved errors: \[(?:listen )?(.*)\]$/, '$1');
}

/** A node cannot start for a reason outside the program. The message is a sentence for operators; they need no stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * What `open` gives. What keeps a part of a node from being opened is the configuration's or the
 * machine's fault, unless it is plainly a bug.
 * @throws StartError; the bug
 */
export async function opened<Part>(open: () => Part | Promise<Part>): Promise<Part> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) throw error;
    throw new StartError(sentenceOf(error.message), { cause: error });
  }
}

/** grpc-js wraps what the operating system said in words that tell an operator nothing. */
function sentenceOf(message: string): string {
  return message.replace(/No address added out of total \d+ resolved errors: \[(?:listen )?(.*)\]$/, '$1');
}

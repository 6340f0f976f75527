/** A node cannot start for a reason outside the program. The message is a sentence for operators; they need no stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

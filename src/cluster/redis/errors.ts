/** What to say of anything caught. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // One name with several addresses, all of which refused: the message is empty.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  return error.message;
}

/** Whether Redis answered, with an error. Everything else is an outage, which the connection speaks of. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

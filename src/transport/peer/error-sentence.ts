/** What an error says, for a log. OpenSSL's messages have source files in them; Node keeps the reason apart. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}

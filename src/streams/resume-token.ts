/** Where a viewer is: opaque to it, readable by every node. */
export interface ResumePosition {
  readonly screeningId: string;
  readonly epoch: number;
  readonly revision: number;
}

/** URL-safe text. Not a secret and not signed: it only says what the holder claims to have seen. */
export function encodeResumeToken({ screeningId, epoch, revision }: ResumePosition): string {
  return Buffer.from(JSON.stringify([1, screeningId, epoch, revision])).toString('base64url');
}

/** Undefined for anything that is not a token of this form. */
export function decodeResumeToken(token: string): ResumePosition | undefined {
  const value = parse(Buffer.from(token, 'base64url').toString('utf8'));
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [form, screeningId, epoch, revision] = value as unknown[];
  if (form !== 1 || typeof screeningId !== 'string' || !isCount(epoch) || !isCount(revision)) return undefined;
  return { screeningId, epoch, revision };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

import { z } from 'zod';

/** What settings are made of: bounds are said in the sentence an operator reads. */
export const whole = (min: number, max: number): z.ZodNumber =>
  z
    .number('must be a number')
    .int('must be a whole number')
    .min(min, `must be at least ${String(min)}`)
    .max(max, `must be at most ${String(max)}`);
export const ms = (min: number, max = 86_400_000): z.ZodNumber => whole(min, max);
export const port = whole(0, 65_535);

/**
 * A server's URL that can be read as one. What is wrong with it is not repeated: it may hold a password.
 * @param form of the URLs that are meant, as the reader is told it
 */
export const serverUrl = (scheme: RegExp, form: string): z.ZodString =>
  z.string().refine((text) => scheme.test(text) && isReadable(text), `must be a ${form} URL`);

/** Postgres' URLs may name no host, where a parameter says which socket. */
function isReadable(url: string): boolean {
  return URL.canParse(url.replace('@/', '@host/'));
}

export const nodeId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

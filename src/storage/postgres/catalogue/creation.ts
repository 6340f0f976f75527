import type { Creation } from '../../../transport/api/catalogue.js';

/**
 * What an insert means that met an existing row: the same request again, its id used
 * for another, or (no row of that request) the resource's id taken by someone else.
 */
export async function classifyCreation<Row>(
  earlier: readonly { readonly id: string; readonly fingerprint: string }[],
  fingerprint: string,
  get: (id: string) => Promise<Row | undefined>,
): Promise<Creation<Row>> {
  const [made] = earlier;
  if (made === undefined) return { kind: 'taken' };
  if (made.fingerprint !== fingerprint) return { kind: 'request-reused' };
  const row = await get(made.id);
  if (row === undefined) throw new Error(`${made.id} vanished: nothing may delete catalogue rows`);
  return { kind: 'created', row };
}

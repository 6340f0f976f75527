// eslint-disable-next-line @typescript-eslint/unbound-method -- called on a text, below
const { charCodeAt } = String.prototype;

/**
 * The UTF-16 unit of a text at an index inside it, for loops over texts of requests.
 *
 * `text.charCodeAt` looks the method up for every unit, in the way of whatever kind of text
 * this one is: read from a socket, part of a seating plan, put together. V8 optimises
 * that for a few kinds, and the hot path has more: with `length` looked up as often, such
 * look-ups were a tenth of the samples of a node under load, and are a twenty-fifth.
 */
export function unitAt(text: string, index: number): number {
  return charCodeAt.call(text, index);
}

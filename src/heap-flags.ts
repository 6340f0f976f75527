/**
 * How V8 runs a node's heap; `npm start` and docs/OPERATIONS.md have the same, which a test sees to.
 *
 * - A young generation of 128 MB instead of 16: some thousand requests are under way at
 *   once, and with a small one all of them are copied in every collection, and then
 *   moved to the old generation, where they are garbage.
 * - The old generation is collected when it has grown to two and a half times of what
 *   was alive, instead of by what V8 thinks fit, which under load was a quarter to two
 *   fifths more. A collection visits every hold in memory, on threads that take the cores
 *   from the sale: with some hundred thousand holds half a second of CPU each time. It costs
 *   memory, and is bounded by V8's own limit all the same.
 * - V8 notes where objects are made that outlive collections, and makes those in the old
 *   generation from then on. Two collections close upon each other are enough for it to take the
 *   objects of requests for such: for the rest of the process each of them then waits for a
 *   full collection, and keeps what it knows. That happened to two of five nodes, by chance, and
 *   moved six times as much to the old generation.
 *
 * The first two measured together with 40,000 holds a second: a quarter less CPU for each.
 */
export const HEAP_FLAGS: readonly string[] = [
  '--max-semi-space-size=128',
  '--heap-growing-percent=150',
  '--no-allocation-site-pretenuring',
];

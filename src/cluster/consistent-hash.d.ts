/** The part of consistent-hash 1.2.2 that src/cluster/placement-ring.ts uses; the package has no types. */
declare module 'consistent-hash' {
  export default class ConsistentHash<Node> {
    /** @param options.range points and hashed names lie in 0 to range - 1 */
    constructor(options: { readonly range: number });
    /** Puts `node` at `points`. Where two nodes have the same point, the one added later has it. */
    add(node: Node, count: number, points: readonly number[]): this;
    /** The node at the first point at or after the name's; null when there is none. */
    get(name: string): Node | null;
  }
}

/**
 * The unary calls under way on this node, and no more than it may have. A call that waits
 * is some 10 KB in the young generation, which every collection copies: with 8,000 of them
 * these took a third of the node, and a node that could carry its load did not get rid of
 * what a pause had left.
 */
export class Admission {
  #underWay = 0;

  /** @param onRefused told of every call that is refused */
  constructor(
    private readonly callsMax: number,
    private readonly onRefused: () => void,
  ) {}

  get underWay(): number {
    return this.#underWay;
  }

  /** False when the call must be refused. After true, `leave` is called once, when it has been answered. */
  enter(): boolean {
    if (this.#underWay >= this.callsMax) {
      this.onRefused();
      return false;
    }
    this.#underWay += 1;
    return true;
  }

  leave(): void {
    this.#underWay -= 1;
  }
}

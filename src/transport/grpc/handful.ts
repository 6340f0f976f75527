/**
 * What `Set` does for a few items that come and go with every call.
 *
 * A `Set` that has lost its last item makes itself a new table, and V8 links the old one to
 * it: once one of them is in the old generation, each keeps the next, 120 bytes a call that only a full
 * collection frees. An array leaves nothing behind.
 */
export class Handful<Item extends object> {
  private readonly items: Item[] = [];

  get size(): number {
    return this.items.length;
  }

  add(item: Item): this {
    if (!this.items.includes(item)) this.items.push(item);
    return this;
  }

  /** Whether it was there. */
  delete(item: Item): boolean {
    const at = this.items.indexOf(item);
    if (at < 0) return false;
    const last = this.items.pop();
    if (last !== undefined && at < this.items.length) this.items[at] = last;
    return true;
  }

  /** Those that are there when it is called, in any order, whatever becomes of them meanwhile. */
  forEach(visit: (item: Item) => void): void {
    for (const item of [...this.items]) visit(item);
  }
}

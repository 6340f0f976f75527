import type { Hold } from './occupancy.js';
import type { TextMap } from './text-map.js';

/** The record of a hold as it was when the deadline was set; a later one may have replaced it. */
type Deadline = Pick<Hold, 'expireTimeMs' | 'holdToken'>;

/**
 * Which hold dies next: a binary heap over the deadlines of all holds, so that one
 * timer per screening is enough. Entries of holds that were extended, confirmed or
 * released stay until they surface or outnumber the live ones two to one, when the
 * heap is rebuilt; its size is bounded by twice the number of holds.
 */
export class ExpiryQueue {
  private heap: Deadline[] = [];
  /**
   * What `peek` found last. A turn asks three times, and where sales go to many screenings each
   * look-up of the hold is in memory that no cache has.
   */
  private found: { readonly deadline: Deadline; readonly hold: Hold; readonly departures: number } | undefined;

  /** @param holds every live hold by its token */
  constructor(private readonly holds: Pick<TextMap<Hold>, 'get' | 'size' | 'values' | 'departures'>) {}

  add(hold: Hold): void {
    if (this.heap.length >= 64 && this.heap.length > this.holds.size * 2) this.rebuild();
    this.push(hold);
  }

  /** The hold with the earliest end, without removing it; undefined when there is none. */
  peek(): Hold | undefined {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined) return undefined;
      const { departures } = this.holds;
      const { found } = this;
      if (found?.deadline === first && found.departures === departures) return found.hold;
      const hold = this.holds.get(first.holdToken);
      if (hold?.expireTimeMs === first.expireTimeMs) {
        this.found = { deadline: first, hold, departures };
        return hold;
      }
      this.dropFirst();
    }
  }

  /** Holds that are dead at `nowMs`, earliest first, at most `limit`. Leaves the queue as it is. */
  due(nowMs: number, limit: number): readonly Hold[] {
    const taken: Deadline[] = [];
    const due: Hold[] = [];
    for (
      let hold = this.peek();
      hold !== undefined && hold.expireTimeMs <= nowMs && due.length < limit;
      hold = this.peek()
    ) {
      this.dropFirst();
      // An extension that moved nothing and a rebuild leave a second entry; equal entries surface one after the other.
      if (due.at(-1) === hold) continue;
      due.push(hold);
      taken.push(hold);
    }
    for (const deadline of taken) this.push(deadline);
    return due;
  }

  private rebuild(): void {
    this.heap = [];
    for (const hold of this.holds.values()) this.push(hold);
  }

  private push(deadline: Deadline): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(deadline);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !before(deadline, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = deadline;
  }

  private dropFirst(): void {
    const heap = this.heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const leftIndex = index * 2 + 1;
      const left = heap[leftIndex];
      if (left === undefined) break;
      const right = heap[leftIndex + 1];
      const [childIndex, child] =
        right !== undefined && before(right, left) ? [leftIndex + 1, right] : [leftIndex, left];
      if (!before(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}

/** Ties go by token, so that the order does not depend on how the heap came about. */
function before(a: Deadline, b: Deadline): boolean {
  return a.expireTimeMs === b.expireTimeMs ? a.holdToken < b.holdToken : a.expireTimeMs < b.expireTimeMs;
}

/**
 * A process somewhere: it starts, freezes, wakes up, crashes. Everything that happens
 * in it is an event of the kernel's with this host.
 */
export class Host {
  /** Grows with every start; events of an earlier boot never happen. */
  boot = 0;
  private up = false;
  /** How many want it frozen. */
  private pauses = 0;
  private held: (() => void)[] = [];
  private readonly mourners = new Set<() => void>();

  constructor(readonly id: string) {}

  get isUp(): boolean {
    return this.up;
  }

  get isPaused(): boolean {
    return this.pauses > 0;
  }

  /** A process that has not run before. @throws Error when one runs */
  start(): void {
    if (this.up) throw new Error(`${this.id} runs already`);
    this.boot += 1;
    this.up = true;
  }

  /** Nothing that it had begun happens any more, and whoever waits for it is told. Idempotent. */
  crash(): void {
    if (!this.up) return;
    this.up = false;
    this.boot += 1;
    this.held = [];
    const mourners = [...this.mourners];
    this.mourners.clear();
    for (const mourn of mourners) mourn();
  }

  /** Freezes it until as many `resume` follow. What happens to it meanwhile happens when it wakes up. */
  pause(): void {
    this.pauses += 1;
  }

  resume(): void {
    if (this.pauses === 0) return;
    this.pauses -= 1;
    if (this.pauses > 0) return;
    const held = this.held;
    this.held = [];
    for (const happen of held) happen();
  }

  /** Keeps something for when it wakes up; forgotten if it crashes before. */
  holdBack(happen: () => void): void {
    this.held.push(happen);
  }

  /** Calls `mourn` once when it crashes, unless the returned function is called before. */
  onCrash(mourn: () => void): () => void {
    this.mourners.add(mourn);
    return () => void this.mourners.delete(mourn);
  }
}

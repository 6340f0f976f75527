/** The seats a viewer has picked and not yet held, in the order of picking. */
export class Selection {
  private readonly seatIds = new Set<string>();

  constructor(private readonly seatsMax: number) {}

  get all(): readonly string[] {
    return [...this.seatIds];
  }

  has(seatId: string): boolean {
    return this.seatIds.has(seatId);
  }

  /** `full`: as many as one may take are picked already. */
  toggle(seatId: string): 'added' | 'removed' | 'full' {
    if (this.seatIds.delete(seatId)) return 'removed';
    if (this.seatIds.size >= this.seatsMax) return 'full';
    this.seatIds.add(seatId);
    return 'added';
  }

  /** True when it was picked. */
  remove(seatId: string): boolean {
    return this.seatIds.delete(seatId);
  }

  /** Picks these seats instead of whatever was picked. */
  replace(seatIds: readonly string[]): void {
    this.seatIds.clear();
    for (const seatId of seatIds) this.seatIds.add(seatId);
  }
}

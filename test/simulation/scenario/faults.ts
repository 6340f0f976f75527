import type { Kernel } from '../kernel/kernel.js';
import type { Prng } from '../../support/prng.js';
import { CALM } from '../world/network.js';
import { SWIFT } from '../world/simulated-postgres.js';
import { causes, type Breakable, type Fault } from './fault-kinds.js';
import type { Plan } from './plan.js';

/** Breaks things at random and mends them later. Several may be broken at once. */
export class Faults {
  private isMended = false;
  private readonly mends = new Set<() => void>();

  constructor(
    private readonly kernel: Kernel,
    private readonly world: Breakable,
    private readonly plan: Plan,
    private readonly chance: Prng,
  ) {}

  /** Makes trouble until `mend`. */
  async make(): Promise<void> {
    const { kernel, world, plan, chance } = this;
    while (plan.faults.length > 0) {
      await kernel.pass(chance.exponential(plan.faultEveryMs));
      if (this.isMended) return;
      const fault = causes[chance.pick(plan.faults)](world, chance, plan);
      if (fault !== undefined) this.endLater(fault);
    }
  }

  /** Ends every fault, now. Nodes that are down start. Idempotent. */
  mend(): void {
    this.isMended = true;
    for (const mend of [...this.mends]) mend();
    // Faults that overlapped may have restored each other's weather.
    this.world.network.weather = CALM;
    this.world.postgres.weather = SWIFT;
  }

  private endLater({ what, forMs, mend }: Fault): void {
    this.kernel.trace.note('fault', what);
    const end = (): void => {
      if (!this.mends.delete(end)) return;
      this.kernel.trace.note('fault', `over: ${what}`);
      mend();
    };
    this.mends.add(end);
    this.kernel.schedule(undefined, forMs, end);
  }
}

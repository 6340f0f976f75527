import type { Clock } from '../runtime/index.js';
import type { ClusterView, Member } from './member.js';
import { placementOf, type Placement, type PlacementLimits } from './placement.js';

export interface FormerPlacementLimits extends PlacementLimits {
  /** By then every entity that moves has been handed over, or whoever had it has given up. */
  readonly drainTimeoutMs: number;
}

/**
 * Who should have had which entity before the view changed. As long as that process
 * lives it goes on deciding until it hands the entity over, one after the other: who
 * asks it first finds an owner that answers, and not one that is still to take over.
 */
export class FormerPlacement {
  private placement: Placement | undefined;
  private members: readonly Member[] = [];
  private former: { readonly placement: Placement; readonly untilMs: number } | undefined;

  constructor(
    private readonly selfBootId: string,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly limits: FormerPlacementLimits,
  ) {}

  /** Call after every change of the view, with the placement that belongs to it. */
  viewChanged(view: ClusterView, placement: Placement): void {
    if (placement === this.placement) return;
    // Whoever sees its first view has just come: the others had everything.
    this.former = {
      placement:
        this.placement ??
        placementOf(
          view.members.filter((member) => !this.isSelf(member)),
          this.limits,
        ),
      untilMs: this.clock.monotonic() + this.limits.drainTimeoutMs,
    };
    this.placement = placement;
    this.members = view.members;
  }

  /** Another process than this one, alive by the view; undefined when it is the owner still, or it was long ago. */
  ownerOf(entityId: string): Member | undefined {
    if (this.former === undefined) return undefined;
    if (this.clock.monotonic() >= this.former.untilMs) {
      this.former = undefined;
      return undefined;
    }
    const { bootId } = this.former.placement.ownerOf(entityId) ?? {};
    if (bootId === undefined || bootId === this.selfBootId) return undefined;
    if (bootId === this.placement?.ownerOf(entityId)?.bootId) return undefined;
    // Whoever is unfit cannot be relied on to decide: the new owner takes over at the first command.
    return this.members.find((member) => member.bootId === bootId && member.state !== 'unfit');
  }

  private isSelf({ bootId }: Member): boolean {
    return bootId === this.selfBootId;
  }
}

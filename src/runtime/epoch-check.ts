import type { Clock, OwnedEntity, Ownership } from './ports.js';

interface Waiting {
  readonly owned: OwnedEntity;
  readonly resolve: (held: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Most entities of one statement; the rest follow in the next. */
const CHECKS_PER_STATEMENT = 1_000;

/**
 * Proves ownership for answers that write nothing. A process that was frozen, or cut
 * off, may have lost its entities without knowing; an append finds out by itself, a
 * refusal or a read would tell what is no longer true. One statement is under way at a
 * time and has the checks of every entity that asked meanwhile.
 */
export class EpochCheck {
  private queue: Waiting[] = [];
  private busy = false;

  constructor(
    private readonly ownership: Pick<Ownership, 'stillHeld'>,
    private readonly clock: Clock,
  ) {}

  /** True when nobody had claimed the entity by a moment after this call. @throws StorageUnavailable */
  isHeld(entityId: string, epoch: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.queue.push({ owned: { entityId, epoch }, resolve, reject });
      if (this.busy) return;
      this.busy = true;
      this.clock.soon(() => void this.drain());
    });
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, CHECKS_PER_STATEMENT);
      try {
        const held = await this.ownership.stillHeld(batch.map(({ owned }) => owned));
        for (const [index, { resolve }] of batch.entries()) resolve(held[index] ?? false);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.busy = false;
  }
}

import type { Host } from '../kernel/host.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Prng } from '../../support/prng.js';

/** How messages travel just now. */
export interface Weather {
  /** One way, ms. */
  readonly latencyMs: readonly [low: number, high: number];
  /** Of messages that take `spikeMs` more: what makes them overtake each other. */
  readonly spikeChance: number;
  readonly spikeMs: readonly [low: number, high: number];
  /** Of messages that never arrive; their connection breaks. */
  readonly lossChance: number;
  /** Of calls that arrive twice, where the link allows it. */
  readonly duplicateChance: number;
}

export const CALM: Weather = {
  latencyMs: [0.1, 1],
  spikeChance: 0,
  spikeMs: [0, 0],
  lossChance: 0,
  duplicateChance: 0,
};

/** Who reaches whom, and how fast. Ways are one-way: a partition cuts both. */
export class Network {
  weather: Weather = CALM;
  private readonly cuts = new Map<string, number>();

  constructor(
    private readonly kernel: Kernel,
    private readonly chance: Prng,
  ) {}

  /** Nothing sent by `from` reaches `to` until the returned function is called (idempotent). Cuts add up. */
  cut(from: Host, to: Host): () => void {
    const way = wayOf(from, to);
    this.cuts.set(way, (this.cuts.get(way) ?? 0) + 1);
    let mended = false;
    return () => {
      if (mended) return;
      mended = true;
      this.cuts.set(way, (this.cuts.get(way) ?? 1) - 1);
    };
  }

  isCut(from: Host, to: Host): boolean {
    return (this.cuts.get(wayOf(from, to)) ?? 0) > 0;
  }

  /** One message's way, drawn. */
  latencyMs(): number {
    const { latencyMs, spikeChance, spikeMs } = this.weather;
    const spike = spikeChance > 0 && this.chance.chance(spikeChance) ? this.chance.between(...spikeMs) : 0;
    return this.chance.between(...latencyMs) + spike;
  }

  /** Whether a message sent now gets lost. */
  loses(): boolean {
    return this.weather.lossChance > 0 && this.chance.chance(this.weather.lossChance);
  }

  duplicates(): boolean {
    return this.weather.duplicateChance > 0 && this.chance.chance(this.weather.duplicateChance);
  }

  tossesCoin(): boolean {
    return this.chance.chance(0.5);
  }

  /** A message without an answer: it arrives, or it does not and nobody is told. */
  send(from: Host, to: Host, arrive: () => void): void {
    if (this.loses() || this.isCut(from, to)) return;
    this.kernel.schedule(to, this.latencyMs(), () => {
      if (!this.isCut(from, to)) arrive();
    });
  }
}

function wayOf(from: Host, to: Host): string {
  return `${from.id}>${to.id}`;
}

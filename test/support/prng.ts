import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Chance from a seed. Every part of a test draws from a stream of its own, named
 * when it is split off, so that one part drawing once more does not change the others.
 */
export interface Prng {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number, low <= it <= high. */
  whole(low: number, high: number): number;
  /** Times between events that happen independently, `mean` apart. */
  exponential(mean: number): number;
  /** @throws RangeError when there is nothing to pick from */
  pick<Item>(items: readonly Item[]): Item;
  /** Some of the items, `count` at most, in random order. */
  some<Item>(items: readonly Item[], count: number): Item[];
  /** 32 random bits. */
  bits(): number;
  /** A UUID of version 4. */
  uuid(): string;
  /** A stream that depends on the seed and the names on the way to it, and on no draw. The same name gives the same stream. */
  split(name: string): Prng;
}

/** @param seed 0 to 2^32 - 1, or any text; the same seed gives the same stream */
export function prng(seed: number | string): Prng {
  return streamOf(typeof seed === 'number' ? hashed(seed, 'seed') : hashed(0, seed));
}

function streamOf(key: number): Prng {
  const generator = xoroshiro128plus(key);
  // The first numbers of neighbouring keys resemble each other.
  for (let skipped = 0; skipped < 8; skipped += 1) generator.next();
  const bits = (): number => generator.next() >>> 0;
  const fraction = (): number => bits() / 2 ** 32;
  const whole = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    bits,
    whole,
    chance: (probability) => fraction() < probability,
    between: (low, high) => low + fraction() * (high - low),
    exponential: (mean) => -mean * Math.log(1 - fraction()),
    pick(items) {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    some(items, count) {
      const left = [...items];
      const taken = [];
      while (taken.length < count && left.length > 0) taken.push(...left.splice(whole(0, left.length - 1), 1));
      return taken;
    },
    uuid() {
      const digits = Array.from({ length: 4 }, () => bits().toString(16).padStart(8, '0')).join('');
      const variant = (8 + (bits() & 3)).toString(16);
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
    },
    split: (name) => streamOf(hashed(key, name)),
  };
}

/** 32 bits that depend on every bit of the key and every letter of the name. */
function hashed(key: number, name: string): number {
  let hash = key ^ 0x9e3779b9;
  for (let index = 0; index < name.length; index += 1) hash = mixed(hash ^ name.charCodeAt(index));
  return mixed(hash) >>> 0;
}

function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}

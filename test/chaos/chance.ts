/**
 * Chance from a seed. What draws independently has a stream of its own, split off by
 * name, so that one drawing once more does not change the others.
 */
export interface Chance {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** True with this probability, 0 to 1. */
  happens(probability: number): boolean;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number, low <= it <= high. */
  whole(low: number, high: number): number;
  /** @throws RangeError when there is nothing to pick from */
  pick<Item>(items: readonly Item[]): Item;
  /** Some of the items, `count` at most, in random order. */
  some<Item>(items: readonly Item[], count: number): Item[];
  /** A UUID4. */
  uuid(): string;
  /** Depends on the seed and the names on the way to it, and on no draw. */
  split(name: string): Chance;
}

/** @param seed any text; the same text gives the same stream */
export function chanceOf(seed: string): Chance {
  let state = Buffer.from(seed).reduce((hash, byte) => mixed(hash ^ byte), 0x9e3779b9);
  const bits = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return mixed(state) >>> 0;
  };
  const fraction = (): number => bits() / 2 ** 32;
  const whole = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[whole(0, items.length - 1)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  return {
    fraction,
    whole,
    pick,
    happens: (probability) => fraction() < probability,
    between: (low, high) => low + fraction() * (high - low),
    some(items, count) {
      const left = [...items];
      const taken = [];
      while (taken.length < count && left.length > 0) taken.push(...left.splice(whole(0, left.length - 1), 1));
      return taken;
    },
    uuid() {
      const digits = Array.from({ length: 4 }, () => bits().toString(16).padStart(8, '0')).join('');
      const [a, b, c, d] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(13, 16), digits.slice(17, 20)];
      return `${a}-${b}-4${c}-${pick(['8', '9', 'a', 'b'])}${d}-${digits.slice(20)}`;
    },
    split: (name) => chanceOf(`${seed}/${name}`),
  };
}

/** Every bit of the result depends on every bit of the value. */
function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}

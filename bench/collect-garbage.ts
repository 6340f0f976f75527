import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: unknown;

/** Collects all garbage of this process, whatever flags it was started with. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc');
  }
  if (typeof collect !== 'function') throw new TypeError('V8 collects no garbage on demand');
  Reflect.apply(collect, undefined, []);
}

/**
 * Lets garbage that grew old come to four times of what is alive before it is collected. A load
 * generator keeps little, so that V8 collected everything once a second, and everybody's p99 was
 * these 10 ms in which it neither sent nor read.
 */
export function letGarbageGrow(): void {
  setFlagsFromString('--heap-growing-percent=400');
}

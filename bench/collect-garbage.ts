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

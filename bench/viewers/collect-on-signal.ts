import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What makes a process collect its garbage. */
export const COLLECT_SIGNAL = 'SIGUSR2';

/** Makes this process do so: what is resident after it is what the program needs, give or take. */
export function collectOnSignal(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  process.on(COLLECT_SIGNAL, () => {
    if (typeof collect !== 'function') return;
    // Once for what is dead, once for what that kept alive.
    for (let each = 0; each < 2; each += 1)
      Reflect.apply(collect, undefined, [{ type: 'major', flavor: 'last-resort' }]);
  });
}

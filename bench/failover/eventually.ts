const LOOK_AGAIN_MS = 50;

/** Waits until `holds` answers true, asking again and again. @throws when that takes longer than `limitMs` */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<void> {
  const giveUpMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > giveUpMs) throw new Error(`waited ${String(limitMs)} ms for ${what}`);
    await pause(LOOK_AGAIN_MS);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

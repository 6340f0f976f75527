/**
 * Waits until `holds` answers true, asking again and again, and fails loudly when it
 * never does: for states that send no event.
 */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${String(limitMs)} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

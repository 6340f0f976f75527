import type { Operation } from '../history.js';
import type { SeatGroup, Step } from './seat-group.js';

/** How many of the steps that led there are shown. */
const SHOWN = 12;

/** Says at which point no operation could come next, and what the seats were then. */
export function explainStuck(
  object: SeatGroup,
  { longest, stuck }: { readonly longest: readonly Step[]; readonly stuck: readonly Step[] },
): string {
  const start = object.mark();
  for (const step of longest) {
    const { invokedMs: fromMs, returnedMs } = step.operation;
    object.take(step, { fromMs, byMs: step.as === 'told' ? (returnedMs ?? Infinity) : Infinity });
  }
  const state = object.describe();
  object.undo(start);
  const hidden = longest.length - SHOWN;
  return [
    'no order explains the answers. The longest that explains some ends with',
    ...(hidden > 0 ? [`  ... ${String(hidden)} earlier`] : []),
    ...longest
      .slice(-SHOWN)
      .map(({ operation, as }) => `  ${line(operation)}${as === 'untold' ? ' (took effect)' : ''}`),
    `  then: ${state}`,
    'and none of these can come next, though one must:',
    ...stuck.map(({ operation }) => `  ${line(operation)}`),
  ].join('\n');
}

/** One operation on one line. */
export function line(operation: Operation | undefined): string {
  if (operation === undefined) return 'none';
  const { id, client, request, invokedMs, returnedMs, outcome, nodes } = operation;
  const { kind, ...asked } = request;
  const span = `${invokedMs.toFixed(1)}..${returnedMs === null ? 'open' : returnedMs.toFixed(1)}`;
  const told = outcome.kind === 'ok' ? { ok: outcome.answer } : { [outcome.kind]: { ...outcome, kind: undefined } };
  return `#${String(id)} ${span} ${client} via ${nodes.join()} ${kind} ${JSON.stringify(asked)} -> ${JSON.stringify(told)}`;
}

import type { Profiler } from 'node:inspector';

/** Where time went below a caller, as a flame graph draws it. */
export interface Frame {
  readonly name: string;
  /** `src/runtime/turn-loop.js:112`, or empty for what is not code. */
  readonly place: string;
  /** Samples in which it was on the stack. */
  samples: number;
  /** Samples in which it was on top of it. */
  own: number;
  readonly callees: Map<string, Frame>;
}

const IDLE = new Set(['(idle)', '(program)']);

/** The profile as one tree, without the time in which nothing ran. */
export function callTree(profile: Profiler.Profile): Frame {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const callerOf = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const root: Frame = { name: 'node', place: '', samples: 0, own: 0, callees: new Map() };
  for (const sample of profile.samples ?? []) {
    const stack: Profiler.ProfileNode[] = [];
    for (let id: number | undefined = sample; id !== undefined; id = callerOf.get(id)) {
      const node = byId.get(id);
      if (node !== undefined && node.callFrame.functionName !== '(root)') stack.unshift(node);
    }
    if (stack.some(({ callFrame }) => IDLE.has(callFrame.functionName))) continue;
    add(root, stack);
  }
  return root;
}

function add(root: Frame, stack: readonly Profiler.ProfileNode[]): void {
  let frame = root;
  frame.samples += 1;
  for (const { callFrame } of stack) {
    const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName;
    const place = placeOf(callFrame);
    const key = `${name} ${place}`;
    const callee = frame.callees.get(key) ?? { name, place, samples: 0, own: 0, callees: new Map<string, Frame>() };
    frame.callees.set(key, callee);
    callee.samples += 1;
    frame = callee;
  }
  frame.own += 1;
}

function placeOf({ url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  if (url === '') return '';
  const short = url.replace(/^.*\/(dist|node_modules)\//, (_match, folder: string) =>
    folder === 'dist' ? '' : `${folder}/`,
  );
  return `${short}:${String(lineNumber + 1)}`;
}

export interface OwnTime {
  readonly name: string;
  readonly place: string;
  readonly own: number;
}

/** Functions by the time they spent themselves, most first. */
export function hottest(root: Frame, most: number): readonly OwnTime[] {
  const own = new Map<string, OwnTime>();
  const visit = (frame: Frame): void => {
    const key = `${frame.name} ${frame.place}`;
    own.set(key, { name: frame.name, place: frame.place, own: (own.get(key)?.own ?? 0) + frame.own });
    for (const callee of frame.callees.values()) visit(callee);
  };
  visit(root);
  return [...own.values()].sort((a, b) => b.own - a.own).slice(0, most);
}

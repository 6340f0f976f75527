/**
 * Where a text stops being JSON. JSON.parse says so only for some faults, and in words
 * that change with the engine.
 */
export interface JsonFault {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** What could have stood there. */
  readonly wanted: string;
}

type Expected =
  'a value' | 'a value or ]' | 'a name in quotes' | 'a name in quotes or }' | ':' | ', or ]' | ', or }' | 'the end';

/** The first fault; undefined when the text is JSON. Stops at the fault and never recurses. */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'a value';
  let at = skipBlank(text, 0);
  const afterValue = (): Expected => {
    const parent = open.at(-1);
    if (parent === undefined) return 'the end';
    return parent === '[' ? ', or ]' : ', or }';
  };
  for (; at < text.length; at = skipBlank(text, at)) {
    const character = text.charAt(at);
    if (closes(expected, character)) {
      open.pop();
      expected = afterValue();
      at += 1;
    } else if (expected === ':' || expected === ', or ]' || expected === ', or }') {
      if (character !== (expected === ':' ? ':' : ',')) return fault(text, at, expected);
      expected = expected === ', or }' ? 'a name in quotes' : 'a value';
      at += 1;
    } else if (expected === 'the end') {
      return fault(text, at, expected);
    } else if (expected === 'a value' || expected === 'a value or ]') {
      if (character === '[' || character === '{') {
        open.push(character);
        expected = character === '[' ? 'a value or ]' : 'a name in quotes or }';
        at += 1;
        continue;
      }
      const end = character === '"' ? skipString(text, at) : skipPlain(text, at);
      if (end.kind === 'fault') return fault(text, end.at, end.wanted ?? expected);
      at = end.at;
      expected = afterValue();
    } else {
      const end = skipString(text, at);
      if (end.kind === 'fault') return fault(text, end.at, end.wanted ?? expected);
      at = end.at;
      expected = ':';
    }
  }
  return expected === 'the end' ? undefined : fault(text, text.length, expected);
}

function closes(expected: Expected, character: string): boolean {
  return character === ']'
    ? expected === 'a value or ]' || expected === ', or ]'
    : character === '}' && (expected === 'a name in quotes or }' || expected === ', or }');
}

/** `at`: behind the token, or where it is wrong. */
interface Skipped {
  readonly kind: 'end' | 'fault';
  readonly at: number;
  /** Undefined: whatever was expected there. */
  readonly wanted?: string;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
}

const plain = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y;

function skipPlain(text: string, from: number): Skipped {
  plain.lastIndex = from;
  return plain.test(text) ? { kind: 'end', at: plain.lastIndex } : { kind: 'fault', at: from };
}

const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function skipString(text: string, from: number): Skipped {
  if (text.charAt(from) !== '"') return { kind: 'fault', at: from };
  let at = from + 1;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') return { kind: 'end', at: at + 1 };
    if (character < ' ') return { kind: 'fault', at, wanted: 'no control character in a text' };
    if (character === '\\') {
      escape.lastIndex = at;
      if (!escape.test(text)) return { kind: 'fault', at, wanted: 'an escape that JSON knows' };
      at = escape.lastIndex;
    } else at += 1;
  }
  return { kind: 'fault', at, wanted: 'the quote that ends the text' };
}

function fault(text: string, at: number, wanted: string): JsonFault {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, wanted };
}

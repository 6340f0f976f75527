/** Lone surrogates are no characters; controls (and line separators) would break lines, terminals and logs. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const loneSurrogate = /\p{Cs}/u;

/**
 * What is wrong with a text of a plan, undefined when nothing is: it has 1 to
 * `charactersMax` UTF-16 units, is well formed and has no control characters.
 */
export function problemWithText(text: string, charactersMax: number): string | undefined {
  if (text.length === 0) return 'is empty';
  if (text.length > charactersMax) return `has ${text.length} characters; at most ${charactersMax} are allowed`;
  if (!unprintable.test(text)) return undefined;
  return loneSurrogate.test(text) ? 'is not well-formed Unicode' : 'has a control character';
}

const safeColor = /^(?:#[0-9a-f]{3}|#[0-9a-f]{6}|[a-z]{3,32})$/i;

/**
 * Pages put a colour into style sheets, so it is one of the few forms that can carry
 * nothing else: #rgb, #rrggbb or a plain name.
 */
export function problemWithColor(text: string): string | undefined {
  return safeColor.test(text) ? undefined : 'is not a colour: use #rgb, #rrggbb or a CSS colour name';
}

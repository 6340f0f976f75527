const NEEDS_ESCAPE = /["\\]/;

/**
 * A one-dimensional Postgres array in its text form. Written here because the driver's
 * own looks at the type of every element twice, and this runs for every commit.
 */
export function arrayLiteral(values: readonly (string | number | boolean | null)[]): string {
  let text = '{';
  for (const value of values) {
    if (text.length > 1) text += ',';
    if (value === null) text += 'NULL';
    else if (typeof value !== 'string') text += String(value);
    else text += `"${NEEDS_ESCAPE.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value}"`;
  }
  return `${text}}`;
}

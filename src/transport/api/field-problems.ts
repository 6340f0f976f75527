import type { z } from 'zod';

/** Longest list of what a field may be that an error spells out. */
const VALUES_MAX = 10;

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/**
 * What is wrong with a field, in the API's words instead of the validator's own. Not asked
 * where a schema says it itself. Hand it to every parse of what a caller sent, with `reportInput`.
 */
export const fieldProblem: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${nouns[issue.expected] ?? issue.expected}`;
    case 'too_big':
      return `must ${verbOf(issue.origin)} ${issue.inclusive === false ? 'less than' : 'at most'} ${amountOf(issue.origin, issue.maximum)}`;
    case 'too_small':
      if (issue.origin in units && issue.minimum === 1) return 'must not be empty';
      return `must ${verbOf(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${amountOf(issue.origin, issue.minimum)}`;
    case 'invalid_value':
      return issue.values.length > VALUES_MAX ? undefined : `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return undefined;
  }
};

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

function verbOf(origin: string): string {
  return origin in units ? 'have' : 'be';
}

function amountOf(origin: string, amount: number | bigint): string {
  return `${String(amount)}${units[origin] ?? ''}`;
}

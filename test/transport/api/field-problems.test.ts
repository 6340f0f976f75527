import { expect } from 'chai';
import { z } from 'zod';
import { fieldProblem } from '../../../src/transport/api/field-problems.js';

describe('what is wrong with a field', () => {
  const problemsWith = (schema: z.ZodType, input: unknown): readonly string[] =>
    schema.safeParse(input, { error: fieldProblem, reportInput: true }).error?.issues.map(({ message }) => message) ??
    [];

  for (const [schema, input, problem] of [
    [z.object({ seat: z.string() }), {}, 'is required'],
    [z.string(), 5, 'must be text'],
    [z.coerce.number(), 'x', 'must be a number'],
    [z.number().int(), 1.5, 'must be a whole number'],
    [z.boolean(), 'yes', 'must be true or false'],
    [z.array(z.string()), 'A1', 'must be a list'],
    [z.number().max(100), 101, 'must be at most 100'],
    [z.number().positive(), 0, 'must be more than 0'],
    [z.number().min(1), 0, 'must be at least 1'],
    [z.string().max(2), 'abc', 'must have at most 2 characters'],
    [z.array(z.string()).min(1), [], 'must not be empty'],
    [z.enum(['a', 'b']), 'c', 'must be one of a, b'],
    [z.string().max(2, 'must be short'), 'abc', 'must be short'],
  ] as const)
    it(`is told in the words of the API: ${problem}`, () => {
      expect(problemsWith(schema, input)).to.deep.equal([problem]);
    });
});

import type { ZodType } from 'zod';
import { fieldProblem, invalidFields, type FieldViolation } from '../api/index.js';
import { HttpRefusal } from './error-reply.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * The body as JSON.
 * @throws HttpRefusal 415 for another content type; 400 MALFORMED_JSON saying what is wrong and where.
 */
export function parseJson(contentType: string, body: Uint8Array): unknown {
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    const was = contentType === '' ? 'none' : JSON.stringify(contentType.slice(0, 100));
    throw new HttpRefusal(
      415,
      'INVALID_ARGUMENT',
      'UNSUPPORTED_CONTENT_TYPE',
      `the content type must be application/json, not ${was}`,
    );
  }
  if (body.length === 0) throw malformed('the body is empty');
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw malformed('the body is not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'it cannot be parsed');
  }
}

/** @throws ApiError INVALID_FIELD with every violation of `shape`, named by the API's field paths. */
export function parseShape<Value>(shape: ZodType<Value>, input: unknown): Value {
  const parsed = shape.safeParse(input, { error: fieldProblem, reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidFields(parsed.error.issues.slice(0, MAX_VIOLATIONS).flatMap(violationsOf));
}

/** A body can be wrong in as many places as it has bytes. */
const MAX_VIOLATIONS = 50;

function violationsOf(issue: {
  code: string;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}): FieldViolation[] {
  if (issue.code === 'unrecognized_keys' && issue.keys !== undefined) {
    return issue.keys.slice(0, MAX_VIOLATIONS).map((key) => ({
      field: fieldPath([...issue.path, key.slice(0, 100)]),
      description: 'is not a field of this request',
    }));
  }
  return [{ field: fieldPath(issue.path), description: issue.message }];
}

function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${String(key)}]` : `.${String(key)}`)).join('');
  return text === '' ? 'body' : text.replace(/^\./, '');
}

function malformed(problem: string): HttpRefusal {
  // V8 quotes the text around the fault; enough to find it, and never the whole body.
  const message = `the body is not valid JSON: ${problem.slice(0, 200)}`;
  return new HttpRefusal(400, 'INVALID_ARGUMENT', 'MALFORMED_JSON', message, {}, [
    { kind: 'bad-request', violations: [{ field: 'body', description: problem.slice(0, 200) }] },
  ]);
}

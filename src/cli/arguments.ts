import { randomUUID } from 'node:crypto';
import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import type { Duration } from '../../proto/gen/google/protobuf/duration.js';

/** A whole number from `min` on, to `max` if there is one. */
export function wholeNumber(min: number, max?: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min && value <= (max ?? value)) return value;
    throw new InvalidArgumentError(`Not a whole number from ${min} ${max === undefined ? 'on' : `to ${max}`}.`);
  };
}

/** A moment with date and time; without an offset it is local. */
export function moment(text: string): Date {
  const time = new Date(text);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('Not a time like 2031-05-01T20:00:00Z.');
}

/** Undefined stays undefined: the API's default. */
export function durationOf(seconds: number | undefined): Duration | undefined {
  return seconds === undefined ? undefined : { seconds, nanos: 0 };
}

/**
 * Adds an argument that is a hold token or booking id. These are base64url and may
 * begin with a dash, so what looks like an unknown option is taken as an argument; one
 * that really is unknown is then an argument too many.
 */
export function withToken(command: Command, name: string, description: string): Command {
  return command.addArgument(new Argument(`<${name}>`, description)).allowUnknownOption();
}

/** What every mutation has. */
export interface MutationOptions {
  readonly requestId: string;
}

/** A fresh id for each run; name the one of an earlier run to repeat its request safely. */
export function requestIdOption(): Option {
  return new Option('--request-id <uuid>', 'repeat the request of an earlier run').default(randomUUID(), 'a fresh one');
}

export function buyerOption(): Option {
  return new Option('--buyer <id>', 'whoever is buying').makeOptionMandatory();
}

export function ttlOption(): Option {
  return new Option('--ttl-seconds <n>', "instead of the screening's default").argParser(wholeNumber(1));
}

export function revisionOption(): Option {
  return new Option('--revision <n>', 'only if the seat map is still at this revision').argParser(wholeNumber(1));
}

export function limitOption(what: string, usual: number): Option {
  return new Option('--limit <n>', `most ${what} to show`).argParser(wholeNumber(1)).default(usual);
}

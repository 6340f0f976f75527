import pg from 'pg';
import { StorageUnavailable } from '../../runtime/ports.js';

/**
 * Classes and codes that say "not now" rather than "no": connection (08), resources
 * (53), operator intervention and shutdown (57), input/output (58), transaction
 * rollback after its retries (40), a server that has become a replica (25006),
 * a lock that was not granted in time (55P03).
 */
const UNAVAILABLE = /^(08|53|57|58|40)|^25006$|^55P03$/;

/**
 * Data exception, integrity violation, a value beyond the program's limits, and what
 * `require_projection_rows` raises when memory and database disagree about a seat.
 */
const REFUSED = /^(22|23|54)|^CS001$/;

/** Whether `error` carries this code: a system error's (`ENOENT`) or a SQLSTATE (`42P01`). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** The SQLSTATE that the server answered with; undefined when the error is not the server's. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** The statement was undone because of others (serialisation failure, deadlock): the same again may succeed. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** The server refused the values themselves and would do so again; nothing was written. */
export function isRefusal(error: unknown): boolean {
  return REFUSED.test(sqlState(error) ?? '');
}

/**
 * A server that works has said no to this one statement, and the connection is as good
 * as before. Anything else leaves it in doubt: a lost answer, but also a server that only
 * reads since a failover, whose connections would stay sound, and useless, for ever.
 */
export function leavesConnectionGood(error: unknown): boolean {
  return isRetryable(error) || isRefusal(error);
}

/**
 * No connection could be opened. A StorageUnavailable whatever the reason: also what reads
 * like a definite no (a changed password, a database that is being restored) is an outage
 * of a node that ran until now, and over when somebody has mended it.
 */
export function cannotConnect(error: unknown): StorageUnavailable {
  return new StorageUnavailable(`Postgres: cannot connect: ${reasonOf(error)}`, { cause: error });
}

/**
 * Translates what the driver throws, once. What does not come from the server
 * (refused or lost connection, time limit) is a StorageUnavailable too, except for
 * programming errors, which stay what they are.
 */
export function toStorageError(error: unknown): unknown {
  if (error instanceof StorageUnavailable || error instanceof TypeError || error instanceof RangeError) return error;
  const state = sqlState(error);
  if (state !== undefined && !UNAVAILABLE.test(state)) return error;
  return new StorageUnavailable(`Postgres: ${reasonOf(error)}`, { cause: error });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.constructor.name : String(error);
}

import type { Catalogue } from '../../transport/api/catalogue.js';
import { auditoriumQueries } from './catalogue/auditoriums.js';
import { bookingQueries } from './catalogue/bookings.js';
import { screeningQueries } from './catalogue/screenings.js';
import type { SqlPool } from './pool.js';

/**
 * @param commands pool whose statements may write.
 * @param reads pool of reads without predicate locks.
 * @param planBytesMax refuses to unpack a seating plan beyond this.
 */
export function postgresCatalogue(commands: SqlPool, reads: SqlPool, planBytesMax: number): Catalogue {
  return {
    ...auditoriumQueries(commands, reads, planBytesMax),
    ...screeningQueries(commands, reads),
    ...bookingQueries(reads),
  };
}

import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { AuditoriumRow, Catalogue } from '../../../transport/api/catalogue.js';
import type { SqlPool } from '../pool.js';
import { classifyCreation } from './creation.js';
import { requirePageSize } from '../../page-size.js';

type AuditoriumQueries = Pick<Catalogue, 'createAuditorium' | 'getAuditorium' | 'listAuditoriums' | 'loadSeatingPlan'>;

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** Plans repeat themselves: the fastest level makes them ten times smaller already. */
const GZIP_LEVEL = 1;

const COLUMNS = `auditorium_id AS "auditoriumId", name, capacity, categories,
  (extract(epoch FROM create_time) * 1000)::float8 AS "createTimeMs"`;

/** @param planBytesMax refuses to unpack a plan beyond this. */
export function auditoriumQueries(commands: SqlPool, reads: SqlPool, planBytesMax: number): AuditoriumQueries {
  const getAuditorium: AuditoriumQueries['getAuditorium'] = async (auditoriumId) => {
    const [row] = await reads.query<AuditoriumRow>(
      'auditorium-get',
      `SELECT ${COLUMNS} FROM auditorium WHERE auditorium_id = $1`,
      [auditoriumId],
    );
    return row;
  };
  return {
    getAuditorium,
    async createAuditorium(auditorium) {
      const { auditoriumId, name, capacity, categories, createTimeMs } = auditorium;
      const { requestId, fingerprint, seatingPlan } = auditorium;
      const [created] = await commands.query<AuditoriumRow>(
        'auditorium-create',
        `INSERT INTO auditorium
           (auditorium_id, name, capacity, categories, seating_plan, request_id, fingerprint, create_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000))
         ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
        [
          ...[auditoriumId, name, capacity, JSON.stringify(categories)],
          await compress(seatingPlan, { level: GZIP_LEVEL }),
          ...[requestId, fingerprint, createTimeMs],
        ],
      );
      if (created !== undefined) return { kind: 'created', row: created };
      const earlier = await reads.query<{ id: string; fingerprint: string }>(
        'auditorium-earlier',
        'SELECT auditorium_id AS id, fingerprint FROM auditorium WHERE request_id = $1',
        [requestId],
      );
      return classifyCreation(earlier, fingerprint, getAuditorium);
    },
    listAuditoriums(afterId, limit) {
      requirePageSize(limit);
      return reads.query<AuditoriumRow>(
        'auditorium-list',
        `SELECT ${COLUMNS} FROM auditorium WHERE auditorium_id > $1 ORDER BY auditorium_id LIMIT $2`,
        [afterId ?? '', limit],
      );
    },
    async loadSeatingPlan(auditoriumId) {
      const [row] = await reads.query<{ plan: Buffer }>(
        'auditorium-plan',
        'SELECT seating_plan AS plan FROM auditorium WHERE auditorium_id = $1',
        [auditoriumId],
      );
      if (row === undefined) return undefined;
      return (await decompress(row.plan, { maxOutputLength: planBytesMax })).toString('utf8');
    },
  };
}

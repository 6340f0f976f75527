import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Screening, SeatCounts } from '../../../proto/gen/cinema/boxoffice/v1/resources.js';
import { encodeResumeToken } from '../../streams/index.js';
import { ApiError, rethrowForCallers } from '../api/index.js';
import { parseShape } from './json-body.js';
import type { HttpLimits } from './limits.js';
import type { HttpBoxOffice, HttpServerOptions } from './options.js';
import { jsonReply, jsonTextReply } from './reply.js';
import type { Route } from './router.js';
import { countsJson, planJson, screeningJson, seatsJson } from './screening-json.js';

/** Seat-map reads of one list at a time: each may wake a screening up. */
const COUNTS_AT_ONCE = 8;
/** Rendered plans kept, in characters; a plan of 1,000 seats has some 100,000. */
const PLAN_TEXT_CHARACTERS_MAX = 32_000_000;
/** Screenings whose terms are remembered for an outage; some 500 bytes each. */
const SCREENINGS_SEEN_MAX = 20_000;

/** What is on, and how its hall looks now. */
export function screeningRoutes(
  { boxOffice, plans, progressIntervalMs }: Pick<HttpServerOptions, 'boxOffice' | 'plans' | 'progressIntervalMs'>,
  limits: HttpLimits,
): readonly Route[] {
  const planTexts = new LRUCache<string, string>({
    maxSize: PLAN_TEXT_CHARACTERS_MAX,
    sizeCalculation: (text) => Math.max(1, text.length),
  });

  /** Plans never change, and are by far the longest part of the answer to render. */
  const planText = async (auditoriumId: string): Promise<string> => {
    const known = planTexts.get(auditoriumId);
    if (known !== undefined) return known;
    const found = await plans.plan(auditoriumId).catch(rethrowForCallers);
    if (found === undefined) throw new ApiError('NOT_FOUND', 'AUDITORIUM_NOT_FOUND', 'there is no such auditorium');
    const text = JSON.stringify(planJson(found.plan));
    planTexts.set(auditoriumId, text);
    return text;
  };

  const seen = new LRUCache<string, Screening>({ max: SCREENINGS_SEEN_MAX });

  /** As last seen while the database is away: reads from memory go on. */
  const screeningOf = async (
    screeningId: string,
    deadlineMs: number,
  ): Promise<{ readonly screening: Screening; readonly isRemembered: boolean }> => {
    try {
      const { screening } = await boxOffice.getScreening({ screeningId }, { deadlineMs });
      if (screening === undefined) throw new Error('the box office answered without a screening');
      seen.set(screeningId, screening);
      return { screening, isRemembered: false };
    } catch (error) {
      const screening = seen.get(screeningId);
      if (screening !== undefined && error instanceof ApiError && error.code === 'UNAVAILABLE')
        return { screening, isRemembered: true };
      throw error;
    }
  };

  const pageShape = z.object({
    page_size: z.coerce.number().int().min(0).max(limits.screeningsPerPageMax).default(0),
    page_token: z.string().default(''),
    upcoming: z.enum(['true', 'false'], 'must be true or false').default('false'),
  });

  return [
    {
      method: 'GET',
      pattern: '/api/screenings',
      async answer({ query, deadlineMs }) {
        const page = parseShape(pageShape, Object.fromEntries(query));
        const pageSize = page.page_size === 0 ? Math.min(50, limits.screeningsPerPageMax) : page.page_size;
        const { screenings, nextPageToken } = await boxOffice.listScreenings(
          { pageSize, pageToken: page.page_token, upcoming: page.upcoming === 'true' },
          { deadlineMs },
        );
        for (const screening of screenings) seen.set(screening.screeningId, screening);
        const counts = await mapLimited(screenings, COUNTS_AT_ONCE, ({ screeningId }) =>
          countsOf(boxOffice, screeningId, deadlineMs),
        );
        return jsonReply(200, {
          screenings: screenings.map((screening, index) => ({
            ...screeningJson(screening),
            counts: counts[index] ?? null,
          })),
          next_page_token: nextPageToken,
        });
      },
    },
    {
      method: 'GET',
      pattern: '/api/screenings/:id/seat-map',
      async answer({ params, deadlineMs }) {
        const screeningId = params['id'] ?? '';
        const [{ screening, isRemembered }, { seatMap }] = await Promise.all([
          screeningOf(screeningId, deadlineMs),
          boxOffice.getSeatMap({ screeningId }, { deadlineMs }),
        ]);
        if (seatMap === undefined) throw new Error('the box office answered without a seat map');
        const state = JSON.stringify({
          screening: screeningJson(screening),
          epoch: seatMap.epoch,
          revision: seatMap.revision,
          // A page that draws this and then opens its socket with it sees no change twice and misses none.
          resume_token: encodeResumeToken(seatMap),
          progress_interval_ms: progressIntervalMs,
          stale: seatMap.stale || isRemembered,
          counts: countsJson(seatMap.counts),
          seats: seatsJson(seatMap),
        });
        const plan = await planText(screening.auditoriumId);
        return jsonTextReply(200, `${state.slice(0, -1)},"plan":${plan}}`);
      },
    },
  ];
}

/** Null when one screening cannot say now: that must not hide the others. */
async function countsOf(boxOffice: HttpBoxOffice, screeningId: string, deadlineMs: number): Promise<SeatCounts | null> {
  try {
    const { seatMap } = await boxOffice.getSeatMap({ screeningId }, { deadlineMs });
    return countsJson(seatMap?.counts);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

/** Like Promise.all(items.map(run)), with at most `limit` runs at a time. */
async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}

import { readFile } from 'node:fs/promises';
import { ApiError } from '../transport/api/api-error.js';
import type { BoxOffice } from '../transport/api/box-office.js';
import { demoAuditoriums, demoScreenings, type DemoAuditorium, type DemoScreening } from './demo-programme.js';

/** Far more than an import takes; only a node without its database comes near it. */
const CALL_TIMEOUT_MS = 30_000;

/** Screenings of this node's demo data; empty when there was nothing to load. */
export type LoadedDemoData = readonly string[];

/**
 * Fills an empty system with two halls and a few screenings that can be sold now, so
 * that there is something to look at. Does nothing when there is any screening, or an
 * auditorium of someone else's. Nodes that start at the same time make one set, and a
 * node that died half way is made up for: requests and ids are always the same.
 * @returns the ids of the screenings.
 * @throws ApiError when the box office cannot answer; what was made stays.
 */
export async function loadDemoData(
  boxOffice: Pick<BoxOffice, 'listAuditoriums' | 'listScreenings' | 'createAuditorium' | 'createScreening'>,
  clock: { now(): number },
): Promise<LoadedDemoData> {
  const call = () => ({ deadlineMs: clock.now() + CALL_TIMEOUT_MS });
  const { screenings: existing } = await boxOffice.listScreenings(
    { pageSize: 1, pageToken: '', upcoming: false },
    call(),
  );
  if (existing.length > 0) return [];
  const { auditoriums } = await boxOffice.listAuditoriums(
    { pageSize: demoAuditoriums.length + 1, pageToken: '' },
    call(),
  );
  const ours = new Set(demoAuditoriums.map(({ auditoriumId }) => auditoriumId));
  if (auditoriums.some(({ auditoriumId }) => !ours.has(auditoriumId))) return [];
  for (const auditorium of demoAuditoriums) {
    const request = await auditoriumRequest(auditorium);
    await unlessMadeByAnother(boxOffice.createAuditorium(request, call()));
  }
  const screenings = demoScreenings(clock.now());
  for (const screening of screenings)
    await unlessMadeByAnother(boxOffice.createScreening(screeningRequest(screening), call()));
  return screenings.map(({ screeningId }) => screeningId);
}

async function auditoriumRequest({ auditoriumId, requestId, seatingPlan }: DemoAuditorium) {
  return { requestId, auditoriumId, seatingPlanJson: await readFile(seatingPlan), validateOnly: false };
}

function screeningRequest({ screeningId, requestId, auditoriumId, title, startsAtMs }: DemoScreening) {
  return {
    requestId,
    screeningId,
    auditoriumId,
    title,
    startsAt: new Date(startsAtMs),
    salesOpenAt: undefined,
    salesCloseAt: undefined,
    limits: undefined,
    blockedSeatIds: [],
  };
}

/** Another node whose clock was across an hour made it with another time; its screening is as good as ours. */
async function unlessMadeByAnother(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 'ALREADY_EXISTS' || error.reason === 'REQUEST_ID_REUSED')) return;
    throw error;
  }
}

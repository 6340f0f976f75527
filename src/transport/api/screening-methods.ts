import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SeatingPlan } from '../../../actors/auditorium/seating-plan.js';
import { decodeTurn, encodeTurn } from '../../../actors/screening/codec.js';
import type { Terms } from '../../../actors/screening/projection.js';
import type { SeatLayout } from '../../../actors/screening/seat-layout.js';
import { problemWithTerms } from '../../../actors/screening/terms.js';
import {
  CreateAuditoriumRequest,
  CreateScreeningRequest,
} from '../../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import type { Clock, JournalReader, Randomness } from '../../runtime/index.js';
import { ApiError, invalidFields, type FieldViolation } from './api-error.js';
import type { AuditoriumPlans } from './auditorium-plans.js';
import type { BoxOffice } from './box-office.js';
import type { Catalogue, Creation, NewAuditorium } from './catalogue.js';
import type { CommandRouter } from './command-router.js';
import { auditoriumMessage, screeningMessage } from './messages.js';
import { failureError, refusalError } from './refusals.js';
import * as schemas from './request-schemas.js';
import { decided } from './seat-commands.js';

type ScreeningMethods = Pick<
  BoxOffice,
  | 'createAuditorium'
  | 'getAuditorium'
  | 'listAuditoriums'
  | 'createScreening'
  | 'getScreening'
  | 'listScreenings'
  | 'updateScreening'
  | 'cancelScreening'
>;

/** Limits of a screening that asks for none of its own. */
export type DefaultLimits = Pick<Terms, 'maxSeatsPerRequest' | 'maxSeatsPerBuyer' | 'holdTtlMs' | 'holdLifetimeMaxMs'>;

/** Reads, checks and writes seating plans. */
export interface PlanFormat {
  /** The plan, or what is wrong with it and where. */
  parse(
    json: Uint8Array,
  ):
    | { readonly kind: 'plan'; readonly plan: SeatingPlan }
    | { readonly kind: 'faults'; readonly faults: readonly { readonly path: string; readonly problem: string }[] };
  text(plan: SeatingPlan): string;
  categories(plan: SeatingPlan): NewAuditorium['categories'];
}

export interface ScreeningMethodPorts {
  readonly catalogue: Catalogue;
  readonly plans: AuditoriumPlans;
  readonly router: CommandRouter;
  readonly planFormat: PlanFormat;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly defaultLimits: DefaultLimits;
  readonly journal: JournalReader;
}

const idCursor = z.tuple([schemas.id]);
const screeningCursor = z.tuple([schemas.cursorTime, schemas.id]);

/** Auditoriums and screenings. Rows are made here; a screening's terms change through its actor. */
export function screeningMethods(ports: ScreeningMethodPorts): ScreeningMethods {
  const { catalogue, plans, router, planFormat, clock, randomness, journal } = ports;

  async function screeningWith(
    screeningId: string,
    terms: Terms,
    cancelled: boolean,
  ): Promise<ReturnType<typeof screeningMessage>> {
    const place = await plans.place(screeningId);
    if (place === undefined) throw failureError({ kind: 'not-found' });
    return screeningMessage({ ...place, terms, cancelled });
  }

  /** As it was made, whatever became of it: its first turn has them. */
  async function firstTermsOf(screeningId: string): Promise<Terms> {
    const [first] = await journal.read(screeningId, 0, 1);
    const created = first === undefined ? undefined : decodeTurn(first.events).events[0];
    if (created?.kind !== 'screening-created') throw new Error(`the journal of ${screeningId} has no creation`);
    return created.terms;
  }

  return {
    async createAuditorium(request) {
      const { requestId, auditoriumId, seatingPlanJson, validateOnly } = schemas.read(
        schemas.createAuditorium,
        request,
      );
      const parsed = planFormat.parse(seatingPlanJson);
      if (parsed.kind === 'faults') {
        throw invalidFields(
          parsed.faults.map(({ path, problem }) => ({ field: `seating_plan_json:${path}`, description: problem })),
        );
      }
      const { plan } = parsed;
      const row = {
        auditoriumId: auditoriumId ?? randomness.token(),
        name: plan.name,
        capacity: plan.seats.length,
        categories: planFormat.categories(plan),
        createTimeMs: clock.now(),
      };
      if (validateOnly) return { auditorium: auditoriumMessage(row) };
      const fingerprint = hash(
        CreateAuditoriumRequest.encode(CreateAuditoriumRequest.create({ ...request, requestId: '' })).finish(),
      );
      const creation = await catalogue.createAuditorium({
        ...row,
        requestId,
        fingerprint,
        seatingPlan: planFormat.text(plan),
      });
      return { auditorium: auditoriumMessage(created(creation, 'AUDITORIUM_EXISTS', 'auditorium_id')) };
    },
    async getAuditorium(request) {
      const { auditoriumId } = schemas.read(schemas.getAuditorium, request);
      const row = await catalogue.getAuditorium(auditoriumId);
      if (row === undefined) throw auditoriumNotFound();
      return { auditorium: auditoriumMessage(row) };
    },
    async listAuditoriums(request) {
      const { pageSize, pageToken } = schemas.read(schemas.listPage, request);
      const rows = await catalogue.listAuditoriums(schemas.readPageToken(idCursor, pageToken)?.[0], pageSize + 1);
      const page = rows.slice(0, pageSize);
      const last = rows.length > pageSize ? page.at(-1) : undefined;
      return {
        auditoriums: page.map(auditoriumMessage),
        nextPageToken: last === undefined ? '' : schemas.pageTokenOf([last.auditoriumId]),
      };
    },
    async createScreening(request) {
      const checked = schemas.read(schemas.createScreening, request);
      const fingerprint = hash(
        CreateScreeningRequest.encode(CreateScreeningRequest.create({ ...request, requestId: '' })).finish(),
      );
      // Before anything that depends on the time: what was right then may be wrong now.
      const earlier = await catalogue.screeningMadeBy(checked.requestId);
      if (earlier !== undefined) {
        if (earlier.fingerprint !== fingerprint) throw requestIdReused();
        return { screening: await screeningWith(earlier.screeningId, await firstTermsOf(earlier.screeningId), false) };
      }
      const nowMs = clock.now();
      const terms = termsOf(checked, nowMs, ports.defaultLimits);
      const auditorium = await plans.plan(checked.auditoriumId);
      if (auditorium === undefined) throw auditoriumNotFound();
      const blockedSeats = blockedSeatsOf(checked.blockedSeatIds, auditorium.layout);
      const creation = await catalogue.createScreening({
        screeningId: checked.screeningId ?? randomness.token(),
        auditoriumId: checked.auditoriumId,
        capacity: auditorium.layout.capacity,
        terms,
        createTimeMs: nowMs,
        requestId: checked.requestId,
        fingerprint,
        firstTurn: encodeTurn(nowMs, [{ kind: 'screening-created', terms, blockedSeats }]),
      });
      return { screening: screeningMessage(created(creation, 'SCREENING_EXISTS', 'screening_id')) };
    },
    async getScreening(request) {
      const { screeningId } = schemas.read(schemas.getScreening, request);
      const row = await catalogue.getScreening(screeningId);
      if (row === undefined) throw failureError({ kind: 'not-found' });
      return { screening: screeningMessage(row) };
    },
    async listScreenings(request) {
      const { pageSize, pageToken, upcoming } = schemas.read(schemas.listScreenings, request);
      const cursor = schemas.readPageToken(screeningCursor, pageToken);
      const after = cursor === undefined ? undefined : { startsAtMs: cursor[0], screeningId: cursor[1] };
      const filter = upcoming ? { upcomingAtMs: clock.now() } : {};
      const rows = await catalogue.listScreenings(filter, after, pageSize + 1);
      const page = rows.slice(0, pageSize);
      const last = rows.length > pageSize ? page.at(-1) : undefined;
      return {
        screenings: page.map(screeningMessage),
        nextPageToken: last === undefined ? '' : schemas.pageTokenOf([last.terms.startsAtMs, last.screeningId]),
      };
    },
    async updateScreening(request, call) {
      const { requestId, screeningId, revision, ...rest } = schemas.read(schemas.updateScreening, request);
      const command = {
        kind: 'update-screening',
        requestId,
        buyerId: '',
        terms: changedTerms(rest),
        revision,
      } as const;
      const answer = await decided(router, screeningId, command, call, 'terms');
      return { screening: await screeningWith(screeningId, answer.terms, answer.cancelled), revision: answer.revision };
    },
    async cancelScreening(request, call) {
      const { requestId, screeningId, revision } = schemas.read(schemas.cancelScreening, request);
      const command = { kind: 'cancel-screening', requestId, buyerId: '', revision } as const;
      const answer = await decided(router, screeningId, command, call, 'terms');
      return { screening: await screeningWith(screeningId, answer.terms, answer.cancelled), revision: answer.revision };
    },
  };
}

function created<Row>(creation: Creation<Row>, takenReason: string, field: string): Row {
  switch (creation.kind) {
    case 'created':
      return creation.row;
    case 'taken':
      throw new ApiError('ALREADY_EXISTS', takenReason, `${field} is taken`);
    case 'request-reused':
      throw requestIdReused();
  }
}

function requestIdReused(): ApiError {
  return refusalError({ kind: 'request-id-reused' });
}

function auditoriumNotFound(): ApiError {
  return new ApiError('NOT_FOUND', 'AUDITORIUM_NOT_FOUND', 'there is no such auditorium');
}

function termsOf(checked: z.output<typeof schemas.createScreening>, nowMs: number, defaults: DefaultLimits): Terms {
  const terms: Terms = {
    title: checked.title,
    startsAtMs: checked.startsAt,
    salesOpenAtMs: checked.salesOpenAt ?? Math.min(nowMs, checked.startsAt - 1),
    salesCloseAtMs: checked.salesCloseAt ?? checked.startsAt,
    ...defaults,
    ...changedLimits(checked.limits),
  };
  const problem = problemWithTerms(terms);
  if (problem !== undefined) throw invalidFields([{ field: problem.field, description: problem.problem }]);
  return terms;
}

function changedTerms(
  checked: Omit<z.output<typeof schemas.updateScreening>, 'requestId' | 'screeningId' | 'revision'>,
): Partial<Terms> {
  return {
    ...(checked.title === undefined ? {} : { title: checked.title }),
    ...(checked.startsAt === undefined ? {} : { startsAtMs: checked.startsAt }),
    ...(checked.salesOpenAt === undefined ? {} : { salesOpenAtMs: checked.salesOpenAt }),
    ...(checked.salesCloseAt === undefined ? {} : { salesCloseAtMs: checked.salesCloseAt }),
    ...changedLimits(checked.limits),
  };
}

/** A limit that is absent or zero stays as it is. */
function changedLimits(limits: schemas.RequestedLimits | undefined): Partial<DefaultLimits> {
  if (limits === undefined) return {};
  return {
    ...(limits.maxSeatsPerRequest === 0 ? {} : { maxSeatsPerRequest: limits.maxSeatsPerRequest }),
    ...(limits.maxSeatsPerBuyer === 0 ? {} : { maxSeatsPerBuyer: limits.maxSeatsPerBuyer }),
    ...(limits.holdTtl === undefined ? {} : { holdTtlMs: limits.holdTtl }),
    ...(limits.holdLifetimeMax === undefined ? {} : { holdLifetimeMaxMs: limits.holdLifetimeMax }),
  };
}

function blockedSeatsOf(seatIds: readonly string[], layout: SeatLayout): number[] {
  const seats: number[] = [];
  const unknown: FieldViolation[] = [];
  for (const [position, seatId] of seatIds.entries()) {
    const seat = layout.indexOf(seatId);
    if (seat === undefined)
      unknown.push({ field: `blocked_seat_ids[${String(position)}]`, description: 'is not in the auditorium' });
    else seats.push(seat);
  }
  if (unknown.length > 0) throw invalidFields(unknown);
  return seats.sort((a, b) => a - b);
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

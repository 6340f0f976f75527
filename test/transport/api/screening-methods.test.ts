import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { categorySeats } from '../../../actors/auditorium/category-seats.js';
import { parseSeatingPlanBytes } from '../../../actors/auditorium/parse-seating-plan-bytes.js';
import { readSeatingPlan, seatingPlanText } from '../../../actors/auditorium/seating-plan-text.js';
import {
  CreateAuditoriumRequest,
  CreateScreeningRequest,
} from '../../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import { memoryTables, openMemoryStorage } from '../../../src/storage/memory/index.js';
import { auditoriumPlans, openBoxOffice } from '../../../src/transport/api/index.js';
import { realPlan } from '../../actors/auditorium/plans.js';
import { manualClock } from '../../runtime/manual-clock.js';
import { FakeStreams } from '../http/support/fake-streams.js';

const HOUR_MS = 3_600_000;
const call = { deadlineMs: Infinity };

async function stage() {
  const clock = manualClock(Date.UTC(2030, 0, 1));
  const storage = openMemoryStorage({ tables: memoryTables(), node: { nodeId: 'only', bootId: 'boot' } });
  const office = openBoxOffice({
    router: { submit: () => undefined },
    streams: new FakeStreams({}),
    catalogue: storage.catalogue,
    plans: auditoriumPlans(storage.catalogue, readSeatingPlan, { cachedPlanSeatsMax: 1_000, cachedPlacesMax: 10 }),
    planFormat: {
      parse: (json) => parseSeatingPlanBytes(json, { seatsMax: 1_000 }),
      text: seatingPlanText,
      categories: categorySeats,
    },
    clock,
    randomness: { token: randomUUID, fraction: () => 0 },
    defaultLimits: { maxSeatsPerRequest: 1, maxSeatsPerBuyer: 1, holdTtlMs: 1_000, holdLifetimeMaxMs: 1_000 },
    journal: storage.journalReader,
    onBug: (_method, error) => {
      throw error;
    },
  });
  const hall = { requestId: randomUUID(), auditoriumId: 'small', seatingPlanJson: Buffer.from(realPlan('zal-10')) };
  await office.createAuditorium(CreateAuditoriumRequest.fromPartial(hall), call);
  const request = CreateScreeningRequest.fromPartial({
    requestId: randomUUID(),
    auditoriumId: 'small',
    title: 'The Night Usher',
    startsAt: new Date(clock.now() + 24 * HOUR_MS),
    salesCloseAt: new Date(clock.now() + HOUR_MS),
  });
  return { clock, storage, office, request };
}

describe('a screening that is created again with its request_id', () => {
  it('gets the first answer when the request would be wrong by now', async () => {
    const { clock, office, request } = await stage();
    const first = await office.createScreening(request, call);
    await clock.pass(2 * HOUR_MS);
    expect(await office.createScreening(request, call)).to.deep.equal(first);
    const fresh = { ...request, requestId: randomUUID() };
    const refused: unknown = await office.createScreening(fresh, call).catch((error: unknown) => error);
    expect(refused, 'as a new one').to.include({ reason: 'INVALID_FIELD' });
  });

  it('gets the first answer after it was changed', async () => {
    const { storage, office, request } = await stage();
    const first = await office.createScreening(request, call);
    const screeningId = first.screening?.screeningId ?? '';
    const { epoch = 0 } = (await storage.ownership.claim(screeningId)) ?? {};
    const row = await storage.catalogue.getScreening(screeningId);
    if (row === undefined) throw new Error('it is not stored');
    const terms = { terms: { ...row.terms, title: 'Last Row' }, cancelled: true };
    const turn = { entityId: screeningId, epoch, revision: 2, events: new Uint8Array(), wakeAtMs: null };
    await storage.journalWriter.appendBatch(0, [{ ...turn, projection: { bookings: [], seats: [], terms } }]);
    const now = await office.getScreening({ screeningId }, call);
    expect(now.screening).to.include({ title: 'Last Row' });
    expect(await office.createScreening(request, call)).to.deep.equal(first);
  });

  it('is refused when it is for something else', async () => {
    const { office, request } = await stage();
    await office.createScreening(request, call);
    const other = { ...request, title: 'Last Row' };
    const refused: unknown = await office.createScreening(other, call).catch((error: unknown) => error);
    expect(refused).to.include({ reason: 'REQUEST_ID_REUSED' });
  });
});

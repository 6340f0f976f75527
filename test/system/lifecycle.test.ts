import { expect } from 'chai';
import {
  BookingState,
  ChangeKind,
  SeatState,
  type Booking,
  type StatusChange,
} from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import {
  CancelBookingRequest,
  ExtendHoldRequest,
  ReleaseHoldRequest,
  type CancelBookingResponse,
  type ExtendHoldResponse,
  type ReleaseHoldResponse,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import {
  CancelScreeningRequest,
  UpdateScreeningRequest,
  type CancelScreeningResponse,
  type UpdateScreeningResponse,
} from '../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import { call, connectBoxOffice, failureOf, requestId, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';
import { book, confirm, createScreening, hold, seatMap } from '../support/journey.js';
import { startNode, type TestNode } from '../support/node.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { openNodeOn, type OpenedNode } from './nodes.js';
import { isKind, watch } from './watching.js';

const seconds = (count: number): { seconds: number; nanos: number } => ({ seconds: count, nanos: 0 });

function extend(
  client: BoxOfficeClient,
  given: Parameters<typeof ExtendHoldRequest.fromPartial>[0],
): Promise<ExtendHoldResponse> {
  return call(
    client.seats,
    client.seats.extendHold,
    ExtendHoldRequest.fromPartial({ requestId: requestId(), buyerId: 'buyer', ...given }),
  );
}

function release(
  client: BoxOfficeClient,
  given: Parameters<typeof ReleaseHoldRequest.fromPartial>[0],
): Promise<ReleaseHoldResponse> {
  return call(
    client.seats,
    client.seats.releaseHold,
    ReleaseHoldRequest.fromPartial({ requestId: requestId(), buyerId: 'buyer', ...given }),
  );
}

function cancel(
  client: BoxOfficeClient,
  given: Parameters<typeof CancelBookingRequest.fromPartial>[0],
): Promise<CancelBookingResponse> {
  return call(
    client.seats,
    client.seats.cancelBooking,
    CancelBookingRequest.fromPartial({ requestId: requestId(), buyerId: 'buyer', ...given }),
  );
}

function update(
  client: BoxOfficeClient,
  given: Parameters<typeof UpdateScreeningRequest.fromPartial>[0],
): Promise<UpdateScreeningResponse> {
  return call(
    client.screenings,
    client.screenings.updateScreening,
    UpdateScreeningRequest.fromPartial({ requestId: requestId(), ...given }),
  );
}

function cancelScreening(
  client: BoxOfficeClient,
  given: Parameters<typeof CancelScreeningRequest.fromPartial>[0],
): Promise<CancelScreeningResponse> {
  return call(
    client.screenings,
    client.screenings.cancelScreening,
    CancelScreeningRequest.fromPartial({ requestId: requestId(), ...given }),
  );
}

async function revisionOf(client: BoxOfficeClient, screeningId: string): Promise<number> {
  return (await seatMap(client, screeningId)).seatMap?.revision ?? -1;
}

describe('the life of a sale', function () {
  this.timeout(30_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  before(async () => {
    node = await startNode();
    client = connectBoxOffice(node.grpcAddress);
  });
  after(async () => {
    client.close();
    await node.stop();
  });

  async function history(screeningId: string): Promise<StatusChange[]> {
    const { changes } = await call(client.seats, client.seats.listStatusChanges, {
      screeningId,
      fromRevision: 0,
      pageSize: 0,
      pageToken: '',
    });
    return changes;
  }

  it('hold, look, extend, release a seat, confirm, give a seat back, give back the rest', async () => {
    const screeningId = await createScreening(client, 'journey');
    const held = await hold(client, { screeningId, seatIds: ['3-3', '3-1', '3-2'], ttl: seconds(60) });
    expect(held.revision).to.equal(2);
    expect(held.hold?.seatIds, 'in plan order').to.deep.equal(['3-3', '3-2', '3-1']);
    expect(held.hold?.holdToken).to.match(/^[\w-]{22}$/);
    const holdToken = held.hold?.holdToken ?? '';

    const looked = await call(client.seats, client.seats.getHold, { screeningId, buyerId: 'buyer', holdToken });
    expect(looked.hold).to.deep.equal(held.hold);

    const extended = await extend(client, { screeningId, holdToken, ttl: seconds(600) });
    expect(extended.hold?.expireTime?.getTime()).to.be.greaterThan(
      (held.hold?.expireTime?.getTime() ?? Infinity) + 500_000,
    );
    const never = await extend(client, { screeningId, holdToken, ttl: seconds(1) });
    expect(never.hold?.expireTime, 'extending never shortens').to.deep.equal(extended.hold?.expireTime);
    const far = await extend(client, { screeningId, holdToken, ttl: seconds(1_800) });
    expect(far.hold?.expireTime, 'nor goes past the last end').to.deep.equal(held.hold?.maxExpireTime);

    const partly = await release(client, { screeningId, holdToken, seatIds: ['3-2'] });
    expect(partly.releasedSeatIds).to.deep.equal(['3-2']);
    expect(partly.hold?.seatIds).to.deep.equal(['3-3', '3-1']);
    expect((await seatMap(client, screeningId)).seatMap?.counts).to.deep.equal({
      free: 108,
      held: 2,
      booked: 0,
      blocked: 0,
    });

    const { booking } = await confirm(client, { screeningId, holdToken });
    expect(booking).to.deep.include({
      screeningId,
      buyerId: 'buyer',
      seatIds: ['3-3', '3-1'],
      state: BookingState.BOOKING_STATE_ACTIVE,
    });
    const bookingId = booking?.bookingId ?? '';
    expect((await call(client.seats, client.seats.getBooking, { bookingId })).booking).to.deep.equal(booking);
    expect(await failureOf(confirm(client, { screeningId, holdToken }))).to.deep.include({
      code: 'NOT_FOUND',
      reason: 'HOLD_NOT_FOUND',
    });

    const less = await cancel(client, { screeningId, bookingId, seatIds: ['3-3'] });
    expect(less.cancelledSeatIds).to.deep.equal(['3-3']);
    expect(less.booking).to.deep.include({ seatIds: ['3-1'], state: BookingState.BOOKING_STATE_ACTIVE });
    const none = await cancel(client, { screeningId, bookingId });
    expect(none.booking).to.deep.include({ seatIds: [], state: BookingState.BOOKING_STATE_CANCELLED });
    expect((await call(client.seats, client.seats.getBooking, { bookingId })).booking).to.deep.equal(none.booking);
    expect(await failureOf(cancel(client, { screeningId, bookingId }))).to.deep.include({
      code: 'NOT_FOUND',
      reason: 'BOOKING_NOT_FOUND',
    });

    const { seatMap: map } = await seatMap(client, screeningId);
    expect(map).to.deep.include({ seats: [], revision: none.revision, stale: false });
    expect((await history(screeningId)).map(({ kind }) => kind)).to.deep.equal([
      ChangeKind.CHANGE_KIND_SCREENING_CREATED,
      ChangeKind.CHANGE_KIND_SEATS_HELD,
      ChangeKind.CHANGE_KIND_HOLD_EXTENDED,
      ChangeKind.CHANGE_KIND_HOLD_EXTENDED,
      ChangeKind.CHANGE_KIND_HOLD_EXTENDED,
      ChangeKind.CHANGE_KIND_HOLD_RELEASED,
      ChangeKind.CHANGE_KIND_HOLD_CONFIRMED,
      ChangeKind.CHANGE_KIND_BOOKING_CANCELLED,
      ChangeKind.CHANGE_KIND_BOOKING_CANCELLED,
    ]);
  });

  it('what one gives back another can have', async () => {
    const screeningId = await createScreening(client, 'given-back');
    const { hold: taken } = await hold(client, { screeningId, seatIds: ['1-1'] });
    const all = await release(client, { screeningId, holdToken: taken?.holdToken ?? '' });
    expect(all).to.deep.include({ hold: undefined, releasedSeatIds: ['1-1'] });
    const { booking } = await book(client, { screeningId, buyerId: 'other', seatIds: ['1-1'] });
    await cancel(client, { screeningId, buyerId: 'other', bookingId: booking?.bookingId ?? '' });
    await hold(client, { screeningId, buyerId: 'third', seatIds: ['1-1'] });
  });

  it('staff sell a row at once, beyond the limit of a buyer and before sales open', async () => {
    const screeningId = await createScreening(client, 'school', { salesOpenAt: new Date(Date.now() + 3_600_000) });
    const seatIds = Array.from({ length: 14 }, (_, seat) => `1-${String(seat + 1)}`);
    const { booking } = await book(client, { screeningId, buyerId: 'school', seatIds });
    expect(booking?.seatIds).to.have.members(seatIds);
  });

  it('bookings are listed newest first, page by page, by screening, by buyer and by both', async () => {
    const screeningId = await createScreening(client, 'listed');
    const made: string[] = [];
    for (let seat = 1; seat <= 5; seat += 1) {
      const { booking } = await book(client, {
        screeningId,
        buyerId: `lister-${String(seat % 2)}`,
        seatIds: [`4-${String(seat)}`],
      });
      made.unshift(booking?.bookingId ?? '');
    }
    const list = async (screening: string, buyerId: string, pageSize: number): Promise<string[][]> => {
      const pages: Booking[][] = [];
      let pageToken = '';
      do {
        const page = await call(client.seats, client.seats.listBookings, {
          screeningId: screening,
          buyerId,
          pageSize,
          pageToken,
        });
        pages.push(page.bookings);
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      return pages.map((page) => page.map(({ bookingId }) => bookingId));
    };
    const pages = await list(screeningId, '', 2);
    expect(pages.map(({ length }) => length)).to.deep.equal([2, 2, 1]);
    // Two of the same millisecond are in the order of their ids.
    expect(pages.flat()).to.have.members(made);
    expect(await list('', 'lister-1', 1)).to.have.length(3);
    expect(await list(screeningId, 'lister-0', 0)).to.deep.equal([
      pages.flat().filter((id) => [made[1], made[3]].includes(id)),
    ]);
    expect(await list(screeningId, 'nobody', 0)).to.deep.equal([[]]);
  });

  it('the history comes page by page, from any revision, and names nobody', async () => {
    const screeningId = await createScreening(client, 'history', { blockedSeatIds: ['9-1'] });
    await hold(client, { screeningId, buyerId: 'secret-buyer', seatIds: ['1-1'] });
    await book(client, { screeningId, buyerId: 'secret-buyer', seatIds: ['1-2'] });
    const list = (fromRevision: number, pageSize: number, pageToken = '') =>
      call(client.seats, client.seats.listStatusChanges, { screeningId, fromRevision, pageSize, pageToken });
    const first = await list(0, 2);
    expect(first.changes.map(({ revision, seatIds, state }) => ({ revision, seatIds, state }))).to.deep.equal([
      { revision: 1, seatIds: ['9-1'], state: SeatState.SEAT_STATE_BLOCKED },
      { revision: 2, seatIds: ['1-1'], state: SeatState.SEAT_STATE_HELD },
    ]);
    const second = await list(0, 2, first.nextPageToken);
    expect(second.changes.map(({ revision }) => revision)).to.deep.equal([3]);
    expect(second.nextPageToken).to.equal('');
    expect((await list(3, 10)).changes).to.deep.equal(second.changes);
    expect((await list(4, 10)).changes).to.deep.equal([]);
    expect(JSON.stringify([first, second])).not.to.include('secret-buyer');
  });

  it('screenings and auditoriums are listed page by page', async () => {
    await createScreening(client, 'one-more');
    const ids: string[] = [];
    let pageToken = '';
    do {
      const page = await call(client.screenings, client.screenings.listScreenings, {
        pageSize: 3,
        pageToken,
        upcoming: false,
      });
      expect(page.screenings).to.have.length.at.most(3);
      ids.push(...page.screenings.map(({ screeningId }) => screeningId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(ids).to.include.members(['one-more', 'zal-10-tonight', 'riethsporthalle-family']);
    expect(new Set(ids).size).to.equal(ids.length);
    const past = { startsAt: new Date(Date.now() - 3_600_000), salesOpenAt: new Date(Date.now() - 7_200_000) };
    await createScreening(client, 'over', past);
    await createScreening(client, 'late-sales', { ...past, salesCloseAt: new Date(Date.now() + 3_600_000) });
    const listed = async (upcoming: boolean) => {
      const page = { pageSize: 1_000, pageToken: '', upcoming };
      const { screenings } = await call(client.screenings, client.screenings.listScreenings, page);
      return screenings.map(({ screeningId }) => screeningId);
    };
    expect(await listed(false)).to.include.members(['over', 'late-sales', 'one-more']);
    expect(await listed(true))
      .to.include.members(['late-sales', 'one-more', 'zal-10-tonight'])
      .and.not.include('over');
    const first = await call(client.screenings, client.screenings.listAuditoriums, { pageSize: 1, pageToken: '' });
    const rest = await call(client.screenings, client.screenings.listAuditoriums, {
      pageSize: 1,
      pageToken: first.nextPageToken,
    });
    expect([...first.auditoriums, ...rest.auditoriums].map(({ auditoriumId }) => auditoriumId)).to.deep.equal([
      'riethsporthalle',
      'zal-10',
    ]);
    expect(rest.nextPageToken).to.equal('');
  });

  it('limits left out or at zero are the defaults of the node at first, and stay as they are later', async () => {
    const screeningId = await createScreening(client, 'limited', { limits: { maxSeatsPerRequest: 3 } });
    const limits = async () => {
      const { screening } = await call(client.screenings, client.screenings.getScreening, { screeningId });
      return screening?.limits;
    };
    const first = {
      maxSeatsPerRequest: 3,
      maxSeatsPerBuyer: 10,
      holdTtl: seconds(480),
      holdLifetimeMax: seconds(1_800),
    };
    expect(await limits()).to.deep.equal(first);
    await update(client, { screeningId, limits: { maxSeatsPerBuyer: 4, holdTtl: seconds(60) } });
    expect(await limits()).to.deep.equal({ ...first, maxSeatsPerBuyer: 4, holdTtl: seconds(60) });
    await update(client, { screeningId, limits: { maxSeatsPerRequest: 2 } });
    expect(await limits()).to.deep.equal({
      ...{ ...first, maxSeatsPerRequest: 2, maxSeatsPerBuyer: 4, holdTtl: seconds(60) },
    });
  });

  it('sales open and close when the screening says, and holds taken before may still be confirmed', async () => {
    const opensAt = new Date(Date.now() + 3_600_000);
    const screeningId = await createScreening(client, 'window', { salesOpenAt: opensAt });
    const early = await failureOf(hold(client, { screeningId, seatIds: ['1-1'] }));
    expect(early).to.deep.include({
      code: 'FAILED_PRECONDITION',
      reason: 'SALES_NOT_OPEN',
      metadata: { opens_at: opensAt.toISOString() },
    });
    const opened = await update(client, { screeningId, salesOpenAt: new Date(Date.now() - 10_000) });
    expect(opened.revision).to.equal(2);
    expect(opened.screening?.title, 'what is absent stays').to.equal('Test screening');
    const { hold: taken } = await hold(client, { screeningId, seatIds: ['1-1'] });
    const closedAt = new Date(Date.now() - 1_000);
    await update(client, { screeningId, salesCloseAt: closedAt, title: 'Closed' });
    const late = await failureOf(hold(client, { screeningId, seatIds: ['1-2'] }));
    expect(late).to.deep.include({
      code: 'FAILED_PRECONDITION',
      reason: 'SALES_CLOSED',
      metadata: { closed_at: closedAt.toISOString() },
    });
    await confirm(client, { screeningId, holdToken: taken?.holdToken ?? '' });
    const { screening } = await call(client.screenings, client.screenings.getScreening, { screeningId });
    expect(screening).to.deep.include({ title: 'Closed', salesCloseAt: closedAt, cancelled: false });
  });

  it('a cancelled screening releases its holds, keeps its bookings and sells no more', async () => {
    const screeningId = await createScreening(client, 'cancelled');
    const { hold: taken } = await hold(client, { screeningId, seatIds: ['1-1', '1-2'] });
    const { booking } = await book(client, { screeningId, seatIds: ['2-1'] });
    const id = requestId();
    const cancelled = await cancelScreening(client, { screeningId, requestId: id });
    expect(cancelled.screening?.cancelled).to.equal(true);
    expect(await cancelScreening(client, { screeningId, requestId: id }), 'a repeat').to.deep.equal(cancelled);
    const { seatMap: map } = await seatMap(client, screeningId);
    expect(map?.counts).to.deep.equal({ free: 109, held: 0, booked: 1, blocked: 0 });
    const gone = { code: 'FAILED_PRECONDITION', reason: 'SCREENING_CANCELLED' };
    expect(await failureOf(hold(client, { screeningId, seatIds: ['1-1'] }))).to.deep.include(gone);
    expect(await failureOf(confirm(client, { screeningId, holdToken: taken?.holdToken ?? '' }))).to.deep.include(gone);
    expect(await failureOf(book(client, { screeningId, seatIds: ['1-1'] }))).to.deep.include(gone);
    expect(await failureOf(update(client, { screeningId, title: 'Back again' }))).to.deep.include(gone);
    expect(await failureOf(cancelScreening(client, { screeningId }))).to.deep.include(gone);
    await cancel(client, { screeningId, bookingId: booking?.bookingId ?? '' });
    const { screening } = await call(client.screenings, client.screenings.getScreening, { screeningId });
    expect(screening?.cancelled).to.equal(true);
  });

  it('a change at a revision that has passed is refused and told the current one', async () => {
    const screeningId = await createScreening(client, 'stale');
    await hold(client, { screeningId, seatIds: ['1-1'], revision: 1 });
    const stale = { code: 'ABORTED', reason: 'STALE_REVISION', metadata: { revision: '2' } };
    expect(await failureOf(hold(client, { screeningId, seatIds: ['1-2'], revision: 1 }))).to.deep.include(stale);
    expect(await failureOf(book(client, { screeningId, seatIds: ['1-2'], revision: 3 }))).to.deep.include(stale);
    expect(await failureOf(update(client, { screeningId, title: 'x', revision: 1 }))).to.deep.include(stale);
    expect(await failureOf(cancelScreening(client, { screeningId, revision: 1 }))).to.deep.include(stale);
    expect(await revisionOf(client, screeningId)).to.equal(2);
  });

  it('validate_only answers as if, and changes nothing', async () => {
    const screeningId = await createScreening(client, 'dry');
    const dry = await hold(client, { screeningId, seatIds: ['1-1'], validateOnly: true });
    expect(dry.hold).to.deep.include({ holdToken: '', seatIds: ['1-1'] });
    const { booking } = await book(client, { screeningId, seatIds: ['1-1'], validateOnly: true });
    expect(booking).to.deep.include({ bookingId: '', seatIds: ['1-1'] });
    expect(await revisionOf(client, screeningId)).to.equal(1);
    await hold(client, { screeningId, seatIds: ['1-1'] });
    expect(
      await failureOf(hold(client, { screeningId, buyerId: 'other', seatIds: ['1-1'], validateOnly: true })),
    ).to.deep.include({ reason: 'SEAT_UNAVAILABLE' });
    const auditorium = await call(client.screenings, client.screenings.createAuditorium, {
      requestId: requestId(),
      auditoriumId: 'dry',
      seatingPlanJson: Buffer.from(
        JSON.stringify({
          name: 'Dry',
          size: { width: 1, height: 1 },
          categories: [{ name: 'A', color: '#fff' }],
          zones: [
            {
              name: 'Z',
              position: { x: 0, y: 0 },
              rows: [
                {
                  row_number: '1',
                  position: { x: 0, y: 0 },
                  seats: [{ seat_guid: 's', seat_number: '1', position: { x: 0, y: 0 }, category: 'A' }],
                },
              ],
            },
          ],
        }),
      ),
      validateOnly: true,
    });
    expect(auditorium.auditorium).to.deep.include({ auditoriumId: 'dry', capacity: 1 });
    expect(
      await failureOf(call(client.screenings, client.screenings.getAuditorium, { auditoriumId: 'dry' })),
    ).to.deep.include({ reason: 'AUDITORIUM_NOT_FOUND' });
  });

  it('a dry run and the real request may share a request_id without sharing an answer', async () => {
    const screeningId = await createScreening(client, 'dry-then-real');
    const id = requestId();
    await hold(client, { screeningId, seatIds: ['1-1'], validateOnly: true, requestId: id });
    const real = await hold(client, { screeningId, seatIds: ['1-1'], requestId: id });
    expect(real.hold?.holdToken).not.to.equal('');
  });

  it('a hold ends by itself, and viewers see its seats return', async () => {
    const screeningId = await createScreening(client, 'expiry');
    const watching = watch(client, { screeningId });
    await watching.until('a snapshot', isKind('snapshot'));
    const { hold: taken, revision } = await hold(client, { screeningId, seatIds: ['1-1', '1-2'], ttl: seconds(1) });
    const freed = await watching.until(
      'the seats free again',
      ({ frame }) => frame?.$case === 'delta' && frame.value.revision === revision + 1,
    );
    watching.stop();
    expect(Date.now()).to.be.at.least(taken?.expireTime?.getTime() ?? Infinity);
    expect(freed.frame?.$case === 'delta' && freed.frame.value.changes).to.deep.equal([
      { seatId: '1-2', state: SeatState.SEAT_STATE_FREE },
      { seatId: '1-1', state: SeatState.SEAT_STATE_FREE },
    ]);
    const failure = await failureOf(confirm(client, { screeningId, holdToken: taken?.holdToken ?? '' }));
    expect(failure).to.deep.include({
      code: 'FAILED_PRECONDITION',
      reason: 'HOLD_EXPIRED',
      metadata: { free_seat_ids: '1-2,1-1' },
    });
    expect((await history(screeningId)).at(-1)).to.deep.include({
      kind: ChangeKind.CHANGE_KIND_HOLD_EXPIRED,
      state: SeatState.SEAT_STATE_FREE,
    });
  });
});

describe('after a restart on the same database', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  let node: OpenedNode;
  let client: BoxOfficeClient;
  before(async () => {
    database = await freshDatabase();
    await start();
  });
  after(async () => {
    client.close();
    await node.close();
    await database.drop();
  });

  async function start(): Promise<void> {
    node = await openNodeOn(database, { runtime: { wakeUpScanMs: 100 } });
    client = connectBoxOffice(node.grpcAddress);
  }

  async function restart(): Promise<void> {
    client.close();
    await node.close();
    await start();
  }

  it('a repeated request gets its first answer, whatever its method', async () => {
    const screeningId = 'repeated';
    const startsAt = new Date(Date.now() + 86_400_000);
    const ids = Array.from({ length: 8 }, () => requestId());
    let holdToken = '';
    let bookingId = '';
    const journey = async (): Promise<unknown[]> => {
      const answers: unknown[] = [await createScreening(client, screeningId, { requestId: ids[0] ?? '', startsAt })];
      const held = await hold(client, { screeningId, seatIds: ['1-1', '1-2'], requestId: ids[1] ?? '' });
      if (holdToken === '') holdToken = held.hold?.holdToken ?? '';
      answers.push(held);
      answers.push(await extend(client, { screeningId, holdToken, requestId: ids[2] ?? '' }));
      answers.push(await release(client, { screeningId, holdToken, seatIds: ['1-2'], requestId: ids[3] ?? '' }));
      const confirmed = await confirm(client, { screeningId, holdToken, requestId: ids[4] ?? '' });
      bookingId = confirmed.booking?.bookingId ?? '';
      answers.push(confirmed);
      answers.push(await book(client, { screeningId, seatIds: ['2-1'], requestId: ids[5] ?? '' }));
      answers.push(await cancel(client, { screeningId, bookingId, requestId: ids[6] ?? '' }));
      answers.push(await update(client, { screeningId, title: 'Renamed', requestId: ids[7] ?? '' }));
      return answers;
    };
    const first = await journey();
    expect(await journey(), 'at once').to.deep.equal(first);
    const revision = await revisionOf(client, screeningId);
    await restart();
    expect(await journey(), 'after a restart, from the snapshot').to.deep.equal(first);
    await database.sql('DELETE FROM screening_snapshot');
    await restart();
    await database.sql('DELETE FROM screening_snapshot');
    expect(await journey(), 'after a restart, from the journal').to.deep.equal(first);
    expect(await revisionOf(client, screeningId), 'no effect').to.equal(revision);
  });

  it('a hold expires although nobody asks for its screening', async () => {
    const screeningId = await createScreening(client, 'forgotten');
    const { revision } = await hold(client, { screeningId, seatIds: ['1-1'], ttl: seconds(1) });
    await restart();
    await eventually('the expiry to be in the journal', async () => {
      const [row] = await database.sql<{ revision: string }>(
        'SELECT revision FROM screening_owner WHERE screening_id = $1',
        [screeningId],
      );
      return Number(row?.revision) === revision + 1;
    });
    expect((await seatMap(client, screeningId)).seatMap?.counts).to.deep.include({ free: 110, held: 0 });
  });

  it('holds and bookings are as they were', async () => {
    const screeningId = await createScreening(client, 'kept', { blockedSeatIds: ['9-9'] });
    const { hold: taken } = await hold(client, { screeningId, seatIds: ['1-1'] });
    await book(client, { screeningId, seatIds: ['1-2'] });
    const before = await seatMap(client, screeningId);
    await restart();
    const after = await seatMap(client, screeningId);
    expect(after.seatMap).to.deep.include({
      seats: before.seatMap?.seats,
      counts: before.seatMap?.counts,
      revision: before.seatMap?.revision,
    });
    expect(after.seatMap?.epoch).to.equal((before.seatMap?.epoch ?? 0) + 1);
    await confirm(client, { screeningId, holdToken: taken?.holdToken ?? '' });
  });
});

import { Client, credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { SeatState } from '../../proto/gen/cinema/boxoffice/v1/resources.js';
import {
  CancelBookingRequest,
  ExtendHoldRequest,
  HoldSeatsRequest,
  ReleaseHoldRequest,
} from '../../proto/gen/cinema/boxoffice/v1/seat_service.js';
import {
  CreateAuditoriumRequest,
  CreateScreeningRequest,
  UpdateScreeningRequest,
} from '../../proto/gen/cinema/boxoffice/v1/screening_service.js';
import {
  call,
  connectBoxOffice,
  failureOf,
  requestId,
  type ApiFailure,
  type BoxOfficeClient,
} from '../support/box-office-client.js';
import { book, confirm, createScreening, hold, seatMap } from '../support/journey.js';
import { startNode, type TestNode } from '../support/node.js';
import { rawPlan, rawSeat, type RawPlan } from '../actors/auditorium/plans.js';
import { callWithBytes, screeningMethod, seatMethod } from './raw-call.js';
import { watch } from './watching.js';

/** What every refusal has to say; `fields` are the fields it names. */
type Expected = Partial<Pick<ApiFailure, 'code' | 'reason' | 'fields' | 'quota' | 'seats' | 'metadata'>>;

const invalid = (...fields: string[]): Expected => ({ code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD', fields });

describe('bad input over gRPC is named, and changes nothing', function () {
  this.timeout(30_000);
  let node: TestNode;
  let client: BoxOfficeClient;
  let raw: Client;
  /** A hold of somebody, with seat 1-1, in the screening `target`. */
  let token: string;
  const target = 'target';

  before(async () => {
    node = await startNode({ grpc: { commandBytesMax: 524_288, seatingPlanBytesMax: 1_048_576 } });
    client = connectBoxOffice(node.grpcAddress);
    raw = new Client(node.grpcAddress, credentials.createInsecure());
    await createScreening(client, target);
    token = (await hold(client, { screeningId: target, seatIds: ['1-1'] })).hold?.holdToken ?? '';
    await book(client, { screeningId: target, seatIds: ['2-1'] });
  });
  after(async () => {
    client.close();
    raw.close();
    await node.stop();
  });

  /** Everything a request could have changed. */
  async function world(): Promise<object> {
    const [tables] = await node.database.sql(
      `SELECT (SELECT array_agg(o.* ORDER BY screening_id) FROM (SELECT screening_id, revision FROM screening_owner) o) AS revisions,
              (SELECT count(*) FROM screening_journal) AS journal, (SELECT count(*) FROM booking) AS bookings,
              (SELECT count(*) FROM booked_seat) AS seats, (SELECT count(*) FROM auditorium) AS auditoriums`,
    );
    const { revision, counts } = (await seatMap(client, target)).seatMap ?? {};
    return { ...tables, revision, counts };
  }

  async function refused(answer: () => Promise<unknown>, expected: Expected): Promise<ApiFailure> {
    const before = await world();
    const failure = await failureOf(answer());
    expect(failure).to.deep.include(expected);
    expect(await world(), 'nothing changed').to.deep.equal(before);
    return failure;
  }

  const holdTarget = (given: Parameters<typeof HoldSeatsRequest.fromPartial>[0]) => () =>
    hold(client, { screeningId: target, seatIds: ['5-5'], ...given });

  describe('bytes that are not the message', () => {
    for (const [what, bytes] of [
      ['random bytes', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff)],
      [
        'a message cut in the middle',
        HoldSeatsRequest.encode(HoldSeatsRequest.fromPartial({ screeningId: target }))
          .finish()
          .slice(0, -3),
      ],
      ['a length beyond the end', Uint8Array.of(0x0a, 0x7f, 0x41)],
      ['a group that never ends', Uint8Array.of(0x0b)],
    ] as const) {
      it(what, () => refused(() => callWithBytes(raw, seatMethod('HoldSeats'), bytes), invalid('request')));
    }

    it('text that is not UTF-8', async () => {
      const bytes = Buffer.from(
        HoldSeatsRequest.encode(
          HoldSeatsRequest.fromPartial({
            requestId: requestId(),
            screeningId: target,
            buyerId: '????',
            seatIds: ['5-5'],
          }),
        ).finish(),
      );
      bytes.set([0xc3, 0x28, 0xed, 0xa0], bytes.indexOf('????'));
      await refused(() => callWithBytes(raw, seatMethod('HoldSeats'), bytes), invalid('request'));
    });

    it('a command larger than any has need to be', () =>
      refused(holdTarget({ buyerId: 'x'.repeat(600_000) }), invalid('request')));

    it('an empty message names every field that is missing', () =>
      refused(
        () => callWithBytes(raw, seatMethod('HoldSeats'), new Uint8Array()),
        invalid('request_id', 'screening_id', 'buyer_id', 'seat_ids'),
      ));

    it('a plan larger than any may be', () =>
      refused(
        () => callWithBytes(raw, screeningMethod('CreateAuditorium'), new Uint8Array(1_100_000)),
        invalid('request'),
      ));

    it('a broken message on WatchSeats', async () => {
      const asIs = (buffer: Buffer): Buffer => buffer;
      const stream = raw.makeServerStreamRequest(seatMethod('WatchSeats'), asIs, asIs, Buffer.from([0x0a, 0x7f]));
      const failure = await failureOf(
        new Promise((_resolve, reject) => {
          stream.on('data', () => undefined);
          stream.on('error', reject);
        }),
      );
      expect(failure).to.deep.include(invalid('request'));
    });
  });

  describe('ids that are unknown', () => {
    it('screening', () =>
      refused(holdTarget({ screeningId: 'nowhere' }), { code: 'NOT_FOUND', reason: 'SCREENING_NOT_FOUND' }));
    it('screening, of a seat map', () =>
      refused(() => seatMap(client, 'nowhere'), { code: 'NOT_FOUND', reason: 'SCREENING_NOT_FOUND' }));
    it('screening, of a stream', async () => {
      expect(await watch(client, { screeningId: 'nowhere' }).failure()).to.deep.include({
        code: 'NOT_FOUND',
        reason: 'SCREENING_NOT_FOUND',
      });
    });
    it('screening, of a history', () =>
      refused(
        () =>
          call(client.seats, client.seats.listStatusChanges, {
            screeningId: 'nowhere',
            fromRevision: 0,
            pageSize: 0,
            pageToken: '',
          }),
        {
          code: 'NOT_FOUND',
          reason: 'SCREENING_NOT_FOUND',
        },
      ));
    it('booking', () =>
      refused(() => call(client.seats, client.seats.getBooking, { bookingId: 'none' }), {
        code: 'NOT_FOUND',
        reason: 'BOOKING_NOT_FOUND',
      }));
    it('booking, to cancel', () =>
      refused(
        () =>
          call(
            client.seats,
            client.seats.cancelBooking,
            CancelBookingRequest.fromPartial({
              requestId: requestId(),
              screeningId: target,
              buyerId: 'buyer',
              bookingId: 'none',
            }),
          ),
        { code: 'NOT_FOUND', reason: 'BOOKING_NOT_FOUND' },
      ));
    it('auditorium', () =>
      refused(() => call(client.screenings, client.screenings.getAuditorium, { auditoriumId: 'none' }), {
        code: 'NOT_FOUND',
        reason: 'AUDITORIUM_NOT_FOUND',
      }));
    it('auditorium, of a new screening', () =>
      refused(() => createScreening(client, 'in-no-room', { auditoriumId: 'none' }), {
        code: 'NOT_FOUND',
        reason: 'AUDITORIUM_NOT_FOUND',
      }));
    it('seat', () => refused(holdTarget({ seatIds: ['5-5', 'Z-99'] }), invalid('seat_ids')));
    it('seat of another screening', () => refused(holdTarget({ seatIds: ['D-6-1'] }), invalid('seat_ids')));
    it('seat to keep off sale', () =>
      refused(
        () => createScreening(client, 'blocked', { blockedSeatIds: ['1-1', 'Z-1'] }),
        invalid('blocked_seat_ids[1]'),
      ));
    for (const id of ['__proto__', 'constructor', 'toString', '../../etc/passwd', "'; DROP TABLE booking; --"]) {
      it(`the screening ${id}`, () =>
        refused(holdTarget({ screeningId: id }), { code: 'NOT_FOUND', reason: 'SCREENING_NOT_FOUND' }));
      it(`the seat ${id}`, () => refused(holdTarget({ seatIds: [id] }), invalid('seat_ids')));
    }
  });

  describe('lists of seats', () => {
    it('none', () => refused(holdTarget({ seatIds: [] }), invalid('seat_ids')));
    it('one twice', () => refused(holdTarget({ seatIds: ['5-5', '5-6', '5-5'] }), invalid('seat_ids')));
    it('one without a name', () => refused(holdTarget({ seatIds: ['5-5', ''] }), invalid('seat_ids[1]')));
    it('one that is taken, all or nothing', () =>
      refused(holdTarget({ buyerId: 'other', seatIds: ['5-5', '1-1', '2-1'] }), {
        code: 'FAILED_PRECONDITION',
        reason: 'SEAT_UNAVAILABLE',
        seats: { '1-1': 'SEAT_HELD', '2-1': 'SEAT_BOOKED' },
      }));
    it('more than one buyer may have', async () => {
      const seatIds = Array.from({ length: 9 }, (_, seat) => `6-${String(seat + 1)}`);
      // buyer holds 1-1 and has booked 2-1 already.
      await refused(holdTarget({ seatIds }), {
        code: 'RESOURCE_EXHAUSTED',
        reason: 'TICKET_LIMIT_EXCEEDED',
        quota: ['buyer_id'],
        metadata: { limit: '10', taken: '2', requested: '9' },
      });
    });

    const tenThousand = Array.from({ length: 10_000 }, (_, seat) => `seat-${String(seat)}`);
    it('10,000 to hold', () =>
      refused(holdTarget({ seatIds: tenThousand }), {
        code: 'RESOURCE_EXHAUSTED',
        reason: 'TICKET_LIMIT_EXCEEDED',
        quota: ['seat_ids'],
        metadata: { limit: '10', requested: '10000' },
      }));
    it('10,000 to book', () =>
      refused(() => book(client, { screeningId: target, seatIds: tenThousand }), {
        code: 'RESOURCE_EXHAUSTED',
        reason: 'TICKET_LIMIT_EXCEEDED',
        metadata: { limit: '500', requested: '10000' },
      }));
    it('10,000 to release, none of them in the hold', async () => {
      const request = ReleaseHoldRequest.fromPartial({
        requestId: requestId(),
        screeningId: target,
        buyerId: 'buyer',
        holdToken: token,
        seatIds: tenThousand,
      });
      const failure = await refused(() => call(client.seats, client.seats.releaseHold, request), {
        code: 'INVALID_ARGUMENT',
        reason: 'INVALID_FIELD',
      });
      expect(failure.fields[0]).to.equal('seat_ids');
    });
    it('10,000 without a name', async () => {
      const failure = await refused(holdTarget({ seatIds: tenThousand.map(() => '') }), {
        code: 'INVALID_ARGUMENT',
        reason: 'INVALID_FIELD',
      });
      expect(failure.fields[0]).to.equal('seat_ids[0]');
    });
    it('10,000 to keep off sale', async () => {
      const failure = await refused(() => createScreening(client, 'all-blocked', { blockedSeatIds: tenThousand }), {
        code: 'INVALID_ARGUMENT',
        reason: 'INVALID_FIELD',
      });
      expect(failure.fields[0]).to.equal('blocked_seat_ids[0]');
    });
  });

  describe('times', () => {
    for (const [what, ttl] of [
      ['negative', { seconds: -5, nanos: 0 }],
      ['zero', { seconds: 0, nanos: 0 }],
      ['less than a second', { seconds: 0, nanos: 999_000_000 }],
      ['over the limit of the screening', { seconds: 1_801, nanos: 0 }],
      ['of 3 million years', { seconds: 100_000_000_000_000, nanos: 0 }],
      ['beyond what a number holds', { seconds: Number.MAX_SAFE_INTEGER, nanos: 0 }],
    ] as const) {
      it(`a ttl ${what}`, () => refused(holdTarget({ ttl }), invalid('ttl')));
      it(`an extension with a ttl ${what}`, () =>
        refused(
          () =>
            call(
              client.seats,
              client.seats.extendHold,
              ExtendHoldRequest.fromPartial({
                requestId: requestId(),
                screeningId: target,
                buyerId: 'buyer',
                holdToken: token,
                ttl,
              }),
            ),
          invalid('ttl'),
        ));
    }
    it('a ttl beyond what a double counts', async () => {
      const bytes = HoldSeatsRequest.encode(
        HoldSeatsRequest.fromPartial({ requestId: requestId(), screeningId: target, buyerId: 'b', seatIds: ['5-5'] }),
      ).finish();
      const ttl = Buffer.from('2a0a08ffffffffffffffff7f', 'hex'); // field 5: seconds = 2^63 - 1
      await refused(() => callWithBytes(raw, seatMethod('HoldSeats'), Buffer.concat([bytes, ttl])), invalid('request'));
    });
    it('a screening without a start', () =>
      refused(() => createScreening(client, 'timeless', { startsAt: undefined }), invalid('starts_at')));
    it('a screening in the year 1', () =>
      refused(
        () => createScreening(client, 'year-1', { startsAt: new Date('0001-01-01T00:00:00Z') }),
        invalid('starts_at'),
      ));
    it('sales that close before they open', () =>
      refused(
        () =>
          createScreening(client, 'backwards', {
            salesOpenAt: new Date('2100-01-02T00:00:00Z'),
            salesCloseAt: new Date('2100-01-01T00:00:00Z'),
          }),
        invalid('sales_close_at'),
      ));
    it('sales that would close before they open after an update', () =>
      refused(
        () =>
          call(
            client.screenings,
            client.screenings.updateScreening,
            UpdateScreeningRequest.fromPartial({
              requestId: requestId(),
              screeningId: target,
              salesOpenAt: new Date('2150-01-01T00:00:00Z'),
            }),
          ),
        invalid('sales_close_at'),
      ));
    it('limits that contradict each other', () =>
      refused(
        () => createScreening(client, 'limits', { limits: { maxSeatsPerRequest: 20, maxSeatsPerBuyer: 5 } }),
        invalid('limits.max_seats_per_buyer'),
      ));
    it('limits out of range', () =>
      refused(
        () =>
          createScreening(client, 'limits', {
            limits: { maxSeatsPerRequest: 10_001, holdTtl: { seconds: 0, nanos: 1 } },
          }),
        invalid('limits.max_seats_per_request', 'limits.hold_ttl'),
      ));
  });

  describe('tokens and buyers', () => {
    const confirmWith = (buyerId: string, holdToken: string) => () =>
      confirm(client, { screeningId: target, buyerId, holdToken });
    it('a token nobody has', () =>
      refused(confirmWith('buyer', 'AAAAAAAAAAAAAAAAAAAAAA'), { code: 'NOT_FOUND', reason: 'HOLD_NOT_FOUND' }));
    it('the right token with another buyer', () =>
      refused(confirmWith('thief', token), { code: 'PERMISSION_DENIED', reason: 'HOLD_TOKEN_MISMATCH' }));
    it('no token', () => refused(confirmWith('buyer', ''), invalid('hold_token')));
    it('the right token at another screening', () =>
      refused(() => confirm(client, { screeningId: 'zal-10-tonight', holdToken: token }), {
        code: 'NOT_FOUND',
        reason: 'HOLD_NOT_FOUND',
      }));
    const stolen = { screeningId: target, buyerId: 'thief' };
    const mismatch: Expected = { code: 'PERMISSION_DENIED', reason: 'HOLD_TOKEN_MISMATCH' };
    it('a release by another buyer', () =>
      refused(
        () =>
          call(
            client.seats,
            client.seats.releaseHold,
            ReleaseHoldRequest.fromPartial({ ...stolen, requestId: requestId(), holdToken: token }),
          ),
        mismatch,
      ));
    it('an extension by another buyer', () =>
      refused(
        () =>
          call(
            client.seats,
            client.seats.extendHold,
            ExtendHoldRequest.fromPartial({ ...stolen, requestId: requestId(), holdToken: token }),
          ),
        mismatch,
      ));
    it('a look at the hold of another buyer', () =>
      refused(
        () => call(client.seats, client.seats.getHold, { screeningId: target, buyerId: 'thief', holdToken: token }),
        {
          code: 'PERMISSION_DENIED',
          reason: 'HOLD_TOKEN_MISMATCH',
        },
      ));
    it('a booking of another buyer', async () => {
      const [stored] = await node.database.sql<{ booking_id: string }>(
        "SELECT booking_id FROM booking WHERE screening_id = 'target'",
      );
      const request = CancelBookingRequest.fromPartial({
        requestId: requestId(),
        screeningId: target,
        buyerId: 'thief',
        bookingId: stored?.booking_id ?? '',
      });
      await refused(() => call(client.seats, client.seats.cancelBooking, request), {
        code: 'PERMISSION_DENIED',
        reason: 'BOOKING_BUYER_MISMATCH',
      });
    });
  });

  describe('text', () => {
    for (const [what, bad] of [
      ['NUL', 'a\0b'],
      ['a line feed', 'a\nb'],
      ['an escape sequence', '\u001b[31mred'],
      ['DEL', 'a\u007f'],
      ['a C1 control', 'a\u0085'],
      ['129 characters', 'x'.repeat(129)],
    ] as const) {
      it(`${what} in a buyer_id`, () => refused(holdTarget({ buyerId: bad }), invalid('buyer_id')));
      it(`${what} in a screening_id`, () => refused(holdTarget({ screeningId: bad }), invalid('screening_id')));
      it(`${what} in a seat_id`, () => refused(holdTarget({ seatIds: ['5-5', bad] }), invalid('seat_ids[1]')));
      it(`${what} in a hold_token`, () =>
        refused(() => confirm(client, { screeningId: target, holdToken: bad }), invalid('hold_token')));
      it(`${what} in a booking_id`, () =>
        refused(() => call(client.seats, client.seats.getBooking, { bookingId: bad }), invalid('booking_id')));
      it(`${what} in the screening_id of a stream`, async () => {
        expect(await watch(client, { screeningId: bad }).failure()).to.deep.include(invalid('screening_id'));
      });
      it(`${what} in the screening_id of a list`, () =>
        refused(
          () =>
            call(client.seats, client.seats.listBookings, {
              screeningId: bad,
              buyerId: '',
              pageSize: 0,
              pageToken: '',
            }),
          invalid('screening_id'),
        ));
      it(`${what} in a new screening_id`, () => refused(() => createScreening(client, bad), invalid('screening_id')));
    }
    it('a title of 201 characters', () =>
      refused(() => createScreening(client, 'long', { title: 'x'.repeat(201) }), invalid('title')));
    it('a title with NUL', () => refused(() => createScreening(client, 'nul', { title: 'x\0' }), invalid('title')));
    it('a stream of no screening', async () => {
      expect(await watch(client, { screeningId: '' }).failure()).to.deep.include(invalid('screening_id'));
    });
  });

  describe('request ids', () => {
    for (const bad of [
      '',
      'abc',
      '123e4567-e89b-12d3-a456-42661417400',
      `${requestId()}0`,
      'x'.repeat(200),
      '123e4567_e89b_12d3_a456_426614174000',
    ]) {
      it(JSON.stringify(bad.slice(0, 40)), () => refused(holdTarget({ requestId: bad }), invalid('request_id')));
    }
    it('one used for other seats', async () => {
      const id = requestId();
      await hold(client, { screeningId: target, buyerId: 'reuser', seatIds: ['8-1'], requestId: id });
      await refused(holdTarget({ buyerId: 'reuser', seatIds: ['8-2'], requestId: id }), {
        code: 'INVALID_ARGUMENT',
        reason: 'REQUEST_ID_REUSED',
      });
      await refused(() => book(client, { screeningId: target, buyerId: 'reuser', seatIds: ['8-1'], requestId: id }), {
        code: 'INVALID_ARGUMENT',
        reason: 'REQUEST_ID_REUSED',
      });
    });
    it('one used for another screening', async () => {
      const id = requestId();
      await createScreening(client, 'first-of-two', { requestId: id });
      await refused(() => createScreening(client, 'second-of-two', { requestId: id }), {
        code: 'INVALID_ARGUMENT',
        reason: 'REQUEST_ID_REUSED',
      });
    });
    it('a screening_id that is taken', () =>
      refused(() => createScreening(client, target), { code: 'ALREADY_EXISTS', reason: 'SCREENING_EXISTS' }));
  });

  describe('pages', () => {
    const cursor = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const tokens = {
      'not base64': '%%%',
      'not JSON': Buffer.from('}{').toString('base64url'),
      'of the wrong shape': cursor('a', 'b', 'c'),
      'with NUL': cursor(1_700_000_000_000, 'a\0'),
      'of the year 10 million': cursor(1e300, 'a'),
      'longer than any of ours': 'A'.repeat(2_000),
    };
    for (const [what, pageToken] of Object.entries(tokens)) {
      it(`a page token ${what}, of bookings`, () =>
        refused(
          () =>
            call(client.seats, client.seats.listBookings, { screeningId: target, buyerId: '', pageSize: 0, pageToken }),
          invalid('page_token'),
        ));
      it(`a page token ${what}, of a history`, () =>
        refused(
          () =>
            call(client.seats, client.seats.listStatusChanges, {
              screeningId: target,
              fromRevision: 0,
              pageSize: 0,
              pageToken,
            }),
          invalid('page_token'),
        ));
      it(`a page token ${what}, of screenings`, () =>
        refused(
          () => call(client.screenings, client.screenings.listScreenings, { pageSize: 0, pageToken, upcoming: true }),
          invalid('page_token'),
        ));
    }
    it('a page token with NUL, of auditoriums', () =>
      refused(
        () => call(client.screenings, client.screenings.listAuditoriums, { pageSize: 0, pageToken: cursor('a\0') }),
        invalid('page_token'),
      ));
    for (const pageSize of [-1, 1_001, 2_147_483_647]) {
      it(`a page of ${String(pageSize)}`, () =>
        refused(
          () =>
            call(client.seats, client.seats.listBookings, {
              screeningId: target,
              buyerId: '',
              pageSize,
              pageToken: '',
            }),
          invalid('page_size'),
        ));
    }
    it('bookings of nobody and nothing', () =>
      refused(
        () =>
          call(client.seats, client.seats.listBookings, { screeningId: '', buyerId: '', pageSize: 0, pageToken: '' }),
        invalid('screening_id'),
      ));
    it('a history from before the beginning', () =>
      refused(
        () =>
          call(client.seats, client.seats.listStatusChanges, {
            screeningId: target,
            fromRevision: -1,
            pageSize: 0,
            pageToken: '',
          }),
        invalid('from_revision'),
      ));
  });

  describe('resume tokens that are not of this screening start anew, by name', () => {
    const tokens = {
      garbage: 'garbage',
      'of another screening': Buffer.from(JSON.stringify([1, 'zal-10-tonight', 1, 1])).toString('base64url'),
      'of the future': Buffer.from(JSON.stringify([1, target, 1, 1_000_000])).toString('base64url'),
      'with a negative revision': Buffer.from(JSON.stringify([1, target, 1, -1])).toString('base64url'),
      'with words for numbers': Buffer.from(JSON.stringify([1, target, 'x', {}])).toString('base64url'),
    };
    for (const [what, resumeToken] of Object.entries(tokens)) {
      it(what, async () => {
        const watching = watch(client, { screeningId: target, resumeToken });
        await watching.until('a snapshot', ({ frame }) => frame?.$case === 'snapshot');
        watching.stop();
        expect(watching.kinds.slice(0, 2)).to.deep.equal(['reset RESUME_TOKEN_UNKNOWN', 'snapshot']);
      });
    }
  });

  describe('seating plans name the place of each fault', () => {
    const create = (plan: unknown) => () =>
      call(
        client.screenings,
        client.screenings.createAuditorium,
        CreateAuditoriumRequest.fromPartial({
          requestId: requestId(),
          seatingPlanJson: Buffer.from(typeof plan === 'string' ? plan : JSON.stringify(plan)),
        }),
      );
    const faults: readonly (readonly [string, unknown, string])[] = [
      ['that is not JSON', '{"name": "x", }', 'seating_plan_json'],
      ['that is empty', '', 'seating_plan_json'],
      ['that is a list', [], 'seating_plan_json'],
      ['without a name', rawPlan({ name: '' }), 'name'],
      ['without zones', { ...rawPlan(), zones: [] }, 'zones'],
      [
        'with a category nobody listed',
        withSeat(rawSeat('b', { category: 'Balcony' })),
        'zones[0].rows[0].seats[1].category',
      ],
      ['with a seat twice', withSeat(rawSeat('a')), 'zones[0].rows[0].seats[1].seat_guid'],
      ['with a seat without an id', withSeat(rawSeat('')), 'zones[0].rows[0].seats[1].seat_guid'],
      ['with a number for an id', withSeat(rawSeat(7)), 'zones[0].rows[0].seats[1].seat_guid'],
      [
        'with a seat nowhere',
        withSeat(rawSeat('b', { position: { x: 'left', y: 0 } })),
        'zones[0].rows[0].seats[1].position.x',
      ],
    ];
    for (const [what, plan, place] of faults) {
      it(`a plan ${what}`, async () => {
        const failure = await refused(create(plan), { code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
        expect(failure.fields.join('\n')).to.include(place);
        expect(failure.fields[0]).to.match(/^seating_plan_json/);
      });
    }
    it('a plan with thousands of faults', async () => {
      const seats = Array.from({ length: 5_000 }, () => rawSeat('same'));
      const plan = rawPlan({ zones: [{ name: 'Left', rows: [{ row_number: '1', seats }] }] });
      const failure = await refused(create(plan), { code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
      expect(failure.fields[0]).to.include('zones[0].rows[0].seats[1].seat_guid');
    });
    it('two faults at once', async () => {
      const failure = await refused(create({ ...withSeat(rawSeat('')), name: '' }), { code: 'INVALID_ARGUMENT' });
      expect(failure.fields).to.have.length.greaterThan(1);
    });
  });

  describe('what is odd but not bad is taken as it is', () => {
    for (const [script, buyerId] of [
      ['Arabic', 'مشتري-١'],
      ['emoji with joiners', '👩‍👩‍👧‍👦🎬'],
      ['combining marks', 'a\u0301\u0327\u0323e\u0308'],
      ['right to left marks', '\u202eelas\u202c'],
      ['a byte-order mark', '\ufeffbuyer'],
      ['a replacement character', 'buyer \ufffd'],
      ['SQL', "'; DROP TABLE booking; --"],
      ['JSON', '{"a":"\\u0000"}'],
    ] as const) {
      it(`a buyer in ${script}`, async () => {
        const screeningId = await createScreening(client, `odd-${script}`);
        const { booking } = await book(client, { screeningId, buyerId, seatIds: ['1-1'] });
        expect(booking?.buyerId).to.equal(buyerId);
        const listed = await call(client.seats, client.seats.listBookings, {
          screeningId,
          buyerId,
          pageSize: 0,
          pageToken: '',
        });
        expect(listed.bookings.map(({ bookingId }) => bookingId)).to.deep.equal([booking?.bookingId]);
        const [row] = await node.database.sql<{ buyer_id: string }>(
          'SELECT buyer_id FROM booking WHERE booking_id = $1',
          [booking?.bookingId],
        );
        expect(row?.buyer_id).to.equal(buyerId);
      });
    }
    it('ids that differ only in their normal form are two', async () => {
      const screeningId = await createScreening(client, 'café');
      await createScreening(client, 'cafe\u0301');
      await hold(client, { screeningId, seatIds: ['1-1'] });
      const other = await seatMap(client, 'cafe\u0301');
      expect(other.seatMap?.seats).to.deep.equal([]);
      expect((await seatMap(client, screeningId)).seatMap?.seats).to.deep.equal([
        { seatId: '1-1', state: SeatState.SEAT_STATE_HELD },
      ]);
    });
    it('a request with fields of a later version', async () => {
      const known = CreateScreeningRequest.encode(
        CreateScreeningRequest.fromPartial({
          requestId: requestId(),
          screeningId: 'later',
          auditoriumId: 'zal-10',
          title: 'T',
          startsAt: new Date(Date.now() + 1e6),
        }),
      ).finish();
      const unknown = Buffer.from('f2ff0103616263', 'hex'); // field 4094: "abc"
      expect(
        await callWithBytes(raw, screeningMethod('CreateScreening'), Buffer.concat([known, unknown])),
      ).to.have.length.greaterThan(0);
    });
  });
});

/** A plan whose second seat is this. */
function withSeat(seat: ReturnType<typeof rawSeat>): RawPlan {
  const plan = rawPlan();
  plan.zones[0]?.rows[0]?.seats.splice(1, 1, seat);
  return plan;
}

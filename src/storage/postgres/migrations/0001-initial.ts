import type { Knex } from 'knex';

/**
 * The first schema. Rules it follows:
 *
 * - Ids use collation "C": bytes are compared, whatever the server's locale.
 * - Foreign keys only between rows that a person makes. Journal, bookings and seats
 *   have none: each row would cost a look-up and a shared lock on the screening, and
 *   the statement that writes them has locked the screening's owner row already.
 * - Payloads are stored uncompressed (EXTERNAL): compressing them costs more time in
 *   the commit path than writing them.
 */
export const initial = {
  name: '0001-initial',
  async up(knex: Knex): Promise<void> {
    for (const statement of STATEMENTS) await knex.raw(statement);
  },
};

const STATEMENTS = [
  `CREATE TABLE auditorium (
    auditorium_id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    capacity integer NOT NULL CHECK (capacity > 0),
    categories jsonb NOT NULL,
    seating_plan bytea NOT NULL,
    request_id text COLLATE "C" NOT NULL UNIQUE,
    fingerprint text COLLATE "C" NOT NULL,
    create_time timestamptz NOT NULL
  )`,
  `ALTER TABLE auditorium ALTER seating_plan SET STORAGE EXTERNAL`,
  `COMMENT ON TABLE auditorium IS 'Rooms and their seating plans; never changed'`,
  `COMMENT ON COLUMN auditorium.seating_plan IS 'Canonical JSON text, gzip'`,

  `CREATE TABLE screening (
    screening_id text COLLATE "C" PRIMARY KEY,
    auditorium_id text COLLATE "C" NOT NULL REFERENCES auditorium,
    capacity integer NOT NULL CHECK (capacity > 0),
    title text NOT NULL,
    starts_at timestamptz NOT NULL,
    sales_open_at timestamptz NOT NULL,
    sales_close_at timestamptz NOT NULL,
    max_seats_per_request integer NOT NULL,
    max_seats_per_buyer integer NOT NULL,
    hold_ttl_ms bigint NOT NULL,
    hold_lifetime_max_ms bigint NOT NULL,
    cancelled boolean NOT NULL,
    request_id text COLLATE "C" NOT NULL UNIQUE,
    fingerprint text COLLATE "C" NOT NULL,
    create_time timestamptz NOT NULL
  )`,
  `CREATE INDEX screening_by_start ON screening (starts_at, screening_id)`,
  `COMMENT ON TABLE screening IS 'Terms of each screening, as its journal last changed them'`,

  // Updated by every commit and never in an indexed column, so that with free room in
  // its page an update touches no index (HOT). An index on wake_at would undo that.
  `CREATE TABLE screening_owner (
    screening_id text COLLATE "C" PRIMARY KEY,
    epoch bigint NOT NULL CHECK (epoch >= 0),
    revision bigint NOT NULL CHECK (revision >= 1),
    wake_at timestamptz,
    node_id text,
    boot_id text
  ) WITH (fillfactor = 50)`,
  `COMMENT ON TABLE screening_owner IS
    'Who may append (epoch) and what comes next (revision + 1); its row lock orders appends and takeovers'`,
  `COMMENT ON COLUMN screening_owner.wake_at IS 'Earliest hold expiry: a crashed screening is woken by then'`,

  `CREATE TABLE screening_journal (
    screening_id text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    epoch bigint NOT NULL,
    events bytea NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (screening_id, revision)
  ) WITH (toast_tuple_target = 8160)`,
  `ALTER TABLE screening_journal ALTER events SET STORAGE EXTERNAL`,
  `COMMENT ON TABLE screening_journal IS 'The truth: one row per turn, contiguous revisions from 1'`,

  `CREATE TABLE screening_snapshot (
    screening_id text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    epoch bigint NOT NULL,
    format smallint NOT NULL,
    checksum bytea NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (screening_id, revision)
  )`,
  `ALTER TABLE screening_snapshot ALTER state SET STORAGE EXTERNAL`,
  `COMMENT ON TABLE screening_snapshot IS 'Shortens recovery; may be emptied at any time'`,

  `CREATE TABLE booking (
    booking_id text COLLATE "C" PRIMARY KEY,
    screening_id text COLLATE "C" NOT NULL,
    buyer_id text COLLATE "C" NOT NULL,
    seat_ids text[] NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('ACTIVE', 'CANCELLED')),
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL
  )`,
  `CREATE INDEX booking_by_screening ON booking (screening_id, create_time DESC, booking_id DESC)`,
  `CREATE INDEX booking_by_buyer ON booking (buyer_id, create_time DESC, booking_id DESC)`,
  `COMMENT ON TABLE booking IS 'Final image of every booking; written with the journal row that made it'`,

  `CREATE TABLE booked_seat (
    screening_id text COLLATE "C" NOT NULL,
    seat_id text COLLATE "C" NOT NULL,
    booking_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (screening_id, seat_id)
  )`,
  `COMMENT ON TABLE booked_seat IS 'Its key refuses the second sale of a seat, whatever a program believes'`,

  `CREATE TABLE node_heartbeat (
    node_id text COLLATE "C" PRIMARY KEY,
    boot_id text NOT NULL,
    beat_at timestamptz NOT NULL
  ) WITH (fillfactor = 50)`,
  `COMMENT ON TABLE node_heartbeat IS 'Written by health checks: proves that the database commits'`,

  `CREATE FUNCTION require_projection_rows(expected bigint, changed bigint) RETURNS boolean
  LANGUAGE plpgsql AS $$
  BEGIN
    IF expected <> changed THEN
      RAISE EXCEPTION 'a turn names % rows of the read tables, % are as it says', expected, changed
        USING ERRCODE = 'CS001';
    END IF;
    RETURN true;
  END $$`,
  `COMMENT ON FUNCTION require_projection_rows IS
    'Aborts an append whose idea of who has which seat is not the database''s'`,
];

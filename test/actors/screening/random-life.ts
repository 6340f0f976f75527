import fc from 'fast-check';
import type { ScreeningCommand } from '../../../actors/screening/commands.js';
import { ask } from './ask.js';

/**
 * A command before the run: it names what it is about by position ("the third token
 * anyone got so far"), because tokens and booking ids exist only once it runs.
 */
export interface Wish {
  readonly kind: Mutation['kind'];
  readonly buyer: string;
  /** Comes with the hold's or booking's buyer instead of its own. */
  readonly isOwner: boolean;
  readonly seats: readonly number[];
  /** Counted from the newest hold or booking, round and round; `BAD_NAME` is a token nobody got. */
  readonly name: number;
  /** Whether it is about some of the seats or all. */
  readonly isPart: boolean;
  readonly ttlMs: number | undefined;
  readonly revision: 'any' | 'right' | 'wrong';
  readonly validateOnly: boolean;
  /**
   * `again`: the nth earlier command as it was. `reused`: its buyer and request id for
   * this other body. `borrowed`: its request id, by this buyer.
   */
  readonly request:
    { readonly kind: 'fresh' } | { readonly kind: 'again' | 'reused' | 'borrowed'; readonly nth: number };
}

export interface TurnWish {
  /** May be negative: clocks go back. */
  readonly elapsedMs: number;
  readonly wishes: readonly Wish[];
}

export type Mutation = Exclude<ScreeningCommand, { readonly kind: 'get-hold' | 'get-seat-states' }>;

/** What the run knows by then. */
export interface Known {
  /** Newest first, ended ones too. */
  readonly holds: readonly Named[];
  readonly bookings: readonly Named[];
  readonly commands: readonly Mutation[];
  readonly revision: number;
}

export interface Named {
  readonly name: string;
  readonly buyerId: string;
  readonly seatIds: readonly string[];
}

const SEATS = 10;
const BAD_NAME = 8;
export const seatIds = Array.from({ length: SEATS }, (_, index) => `S${index}`);
const buyers = ['anna', 'berta', 'carl'];

const kind = fc.oneof(
  { weight: 8, arbitrary: fc.constant('hold-seats' as const) },
  { weight: 6, arbitrary: fc.constantFrom('extend-hold' as const, 'release-hold' as const, 'book-seats' as const) },
  { weight: 6, arbitrary: fc.constantFrom('confirm-hold' as const, 'cancel-booking' as const) },
  { weight: 1, arbitrary: fc.constant('update-screening' as const) },
);

function mostly(usual: boolean): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(!usual) });
}

const request: fc.Arbitrary<Wish['request']> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'fresh' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('again' as const, 'reused' as const, 'borrowed' as const),
      nth: fc.nat(40),
    }),
  },
);

const wish: fc.Arbitrary<Wish> = fc.record({
  kind,
  buyer: fc.constantFrom(...buyers),
  isOwner: mostly(true),
  seats: fc.oneof(
    { weight: 12, arbitrary: fc.uniqueArray(fc.nat(SEATS - 1), { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.nat(SEATS), { minLength: 1, maxLength: 6 }) },
  ),
  name: fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.nat(BAD_NAME) }),
  isPart: fc.boolean(),
  ttlMs: fc.option(fc.integer({ min: 1_000, max: 190_000 }), { nil: undefined }),
  revision: fc.oneof(
    { weight: 12, arbitrary: fc.constant('any' as const) },
    { weight: 1, arbitrary: fc.constantFrom('right' as const, 'wrong' as const) },
  ),
  validateOnly: mostly(false),
  request,
});

const elapsed = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(-5_000, 60_000, 180_000) },
);

/** Some evenings end with the screening cancelled. */
export const life: fc.Arbitrary<readonly TurnWish[]> = fc
  .tuple(
    fc.array(fc.record({ elapsedMs: elapsed, wishes: fc.array(wish, { maxLength: 4 }) }), {
      minLength: 1,
      maxLength: 25,
    }),
    fc.option(
      wish.map((last): Wish => ({ ...last, kind: 'cancel-screening' })),
      { nil: undefined, freq: 2 },
    ),
  )
  .map(([turns, end]) =>
    end === undefined ? turns : [...turns.slice(0, -1), { elapsedMs: 0, wishes: [end] }, ...turns.slice(-1)],
  );

/** The command a wish comes to. */
export function commandOf(wish: Wish, known: Known): Mutation {
  const earlier = wish.request.kind === 'fresh' ? undefined : known.commands[wish.request.nth];
  if (earlier !== undefined && wish.request.kind === 'again') return earlier;
  const made = fresh(wish, known);
  // Staff and buyers cannot get at each other's request ids.
  if (earlier === undefined || (earlier.buyerId === '') !== (made.buyerId === '')) return made;
  const { requestId } = earlier;
  return wish.request.kind === 'borrowed' ? { ...made, requestId } : { ...made, requestId, buyerId: earlier.buyerId };
}

function fresh(wish: Wish, known: Known): Mutation {
  // Seat SEATS is one that the layout does not have.
  const seats = wish.seats.map((seat) => `S${seat}`);
  const revision = { any: undefined, right: known.revision, wrong: known.revision + 1 }[wish.revision];
  const { ttlMs, validateOnly } = wish;
  const { name, buyerId, seatIds: owned } = named(wish, wish.kind === 'cancel-booking' ? known.bookings : known.holds);
  const buyer = wish.isOwner ? buyerId : wish.buyer;
  // Mostly seats of its own, sometimes any.
  const part = !wish.isPart ? [] : wish.isOwner ? owned.slice(0, 1) : seats;
  switch (wish.kind) {
    case 'hold-seats':
      return ask.hold(wish.buyer, seats, { ttlMs, revision, validateOnly });
    case 'extend-hold':
      return ask.extend(buyer, name, { ttlMs });
    case 'release-hold':
      return ask.release(buyer, name, part);
    case 'confirm-hold':
      return ask.confirm(buyer, name);
    case 'book-seats':
      return ask.book(wish.buyer, seats.slice(0, 2), { revision, validateOnly });
    case 'cancel-booking':
      return ask.cancelBooking(buyer, name, part);
    case 'update-screening':
      return ask.update({ title: `Title ${wish.name}`, maxSeatsPerBuyer: 4 + wish.name }, revision);
    case 'cancel-screening':
      return ask.cancelScreening(revision);
  }
}

function named(wish: Wish, known: readonly Named[]): Named {
  const found = wish.name === BAD_NAME ? undefined : known[wish.name % Math.max(1, known.length)];
  return found ?? { name: 'guess', buyerId: wish.buyer, seatIds: [] };
}

import { Place } from './place.js';
import { PlanFaults, type PlanFault } from './plan-faults.js';
import { PlanFields, type JsonObject, type Point } from './plan-fields.js';
import { problemWithColor } from './plan-text.js';
import type { PlanSeat, SeatingPlan } from './seating-plan.js';

/** What a seating plan must fit into. */
export interface SeatingPlanLimits {
  /** Most seats of one plan. */
  readonly seatsMax: number;
}

export type ParsedSeatingPlan =
  | { readonly kind: 'plan'; readonly plan: SeatingPlan }
  /** At least one, in the order of the file; see PlanFaults. */
  | { readonly kind: 'faults'; readonly faults: readonly PlanFault[] };

const NAME_CHARACTERS_MAX = 200;
/** The API's limit for a seat id. */
const SEAT_ID_CHARACTERS_MAX = 128;
/** As people read them off a ticket. */
const LABEL_CHARACTERS_MAX = 64;
/** Prices are set per category by hand. */
const CATEGORIES_MAX = 1_000;

/**
 * Reads the open seating-plan JSON: zones > rows > seats, a seat's place being the sum
 * of the three positions. Keys it does not know are kept out. Time grows with the
 * document and not with what is wrong in it.
 * @param json what JSON.parse gave
 */
export function parseSeatingPlan(json: unknown, limits: SeatingPlanLimits): ParsedSeatingPlan {
  return new Parser(limits).parse(json);
}

class Parser {
  private readonly faults = new PlanFaults();
  private readonly fields = new PlanFields(this.faults);
  private readonly categories: { readonly name: string; readonly color: string }[] = [];
  private readonly categoriesByName = new Map<string, { readonly index: number; readonly place: Place }>();
  private readonly seats: PlanSeat[] = [];
  /** Where each seat_guid was first. */
  private readonly seatPlaces = new Map<string, Place>();
  private seatsSeen = 0;

  constructor(private readonly limits: SeatingPlanLimits) {}

  parse(json: unknown): ParsedSeatingPlan {
    const root = this.fields.object(json, Place.root);
    if (root === undefined) return this.refused();
    const name = this.fields.text(root, 'name', Place.root, NAME_CHARACTERS_MAX);
    const size = this.size(root);
    this.readCategories(root);
    this.readZones(root);
    if (name === undefined || size === undefined || this.faults.any) return this.refused();
    return { kind: 'plan', plan: { name, size, categories: this.categories, seats: this.seats } };
  }

  private refused(): ParsedSeatingPlan {
    return { kind: 'faults', faults: this.faults.list() };
  }

  private size(root: JsonObject): SeatingPlan['size'] | undefined {
    const place = Place.root.of('size');
    const size = this.fields.object(root['size'], place);
    if (size === undefined) return undefined;
    const width = this.fields.extent(size, 'width', place);
    const height = this.fields.extent(size, 'height', place);
    return width === undefined || height === undefined ? undefined : { width, height };
  }

  private readCategories(root: JsonObject): void {
    const listed = this.fields.list(root, 'categories', Place.root) ?? [];
    const listPlace = Place.root.of('categories');
    if (listed.length > CATEGORIES_MAX) {
      this.faults.add(listPlace, `has ${listed.length} categories; at most ${CATEGORIES_MAX} are allowed`);
      return;
    }
    for (const [index, value] of listed.entries()) {
      const place = listPlace.of(index);
      const category = this.fields.object(value, place);
      if (category !== undefined) this.readCategory(category, place);
    }
  }

  private readCategory(category: JsonObject, place: Place): void {
    const name = this.fields.text(category, 'name', place, NAME_CHARACTERS_MAX);
    const color = this.fields.text(category, 'color', place, NAME_CHARACTERS_MAX);
    const problem = color === undefined ? undefined : problemWithColor(color);
    if (problem !== undefined) this.faults.add(place.of('color'), problem);
    if (name === undefined) return;
    const first = this.categoriesByName.get(name);
    if (first !== undefined) {
      this.faults.add(place.of('name'), alreadyUsed(first.place.of('name')));
      return;
    }
    // Kept even with a bad colour, so that its seats are not faults as well.
    this.categoriesByName.set(name, { index: this.categories.length, place });
    this.categories.push({ name, color: color ?? '' });
  }

  private readZones(root: JsonObject): void {
    const listPlace = Place.root.of('zones');
    const zones = this.fields.list(root, 'zones', Place.root);
    if (zones === undefined) return;
    for (const [index, value] of zones.entries()) {
      if (this.isOver()) return;
      const place = listPlace.of(index);
      const zone = this.fields.object(value, place);
      if (zone !== undefined) this.readZone(zone, place);
    }
    if (this.seatsSeen === 0) this.faults.add(listPlace, 'has no seats');
  }

  private readZone(zone: JsonObject, place: Place): void {
    const name = this.fields.text(zone, 'name', place, NAME_CHARACTERS_MAX) ?? '';
    const offset = this.fields.offset(zone, place) ?? { x: 0, y: 0 };
    const listPlace = place.of('rows');
    for (const [index, value] of (this.fields.list(zone, 'rows', place) ?? []).entries()) {
      if (this.isOver()) return;
      const rowPlace = listPlace.of(index);
      const row = this.fields.object(value, rowPlace);
      if (row !== undefined) this.readRow(row, rowPlace, name, offset);
    }
  }

  private readRow(row: JsonObject, place: Place, zone: string, zoneOffset: Point): void {
    const label = this.fields.text(row, 'row_number', place, LABEL_CHARACTERS_MAX) ?? '';
    const own = this.fields.offset(row, place) ?? { x: 0, y: 0 };
    const offset = { x: zoneOffset.x + own.x, y: zoneOffset.y + own.y };
    const listPlace = place.of('seats');
    for (const [index, value] of (this.fields.list(row, 'seats', place) ?? []).entries()) {
      const seatPlace = listPlace.of(index);
      this.seatsSeen += 1;
      if (this.seatsSeen > this.limits.seatsMax) {
        this.faults.add(seatPlace, `is one seat too many; at most ${this.limits.seatsMax} are allowed`);
      }
      if (this.isOver()) return;
      const seat = this.fields.object(value, seatPlace);
      if (seat !== undefined) this.readSeat(seat, seatPlace, zone, label, offset);
    }
  }

  private readSeat(seat: JsonObject, place: Place, zone: string, row: string, offset: Point): void {
    const seatId = this.seatId(seat, place);
    const number = this.fields.text(seat, 'seat_number', place, LABEL_CHARACTERS_MAX);
    const position = this.fields.position(seat, place);
    const category = this.category(seat, place);
    const wheelchair = this.fields.flag(seat, 'wheelchair', place);
    if (seatId === undefined || number === undefined || position === undefined) return;
    if (category === undefined || wheelchair === undefined) return;
    // Adding to 0 makes -0 an ordinary 0, which is what JSON text can keep.
    this.seats.push({
      seatId,
      zone,
      row,
      number,
      x: 0 + offset.x + position.x,
      y: 0 + offset.y + position.y,
      category,
      wheelchair,
    });
  }

  private seatId(seat: JsonObject, place: Place): string | undefined {
    const seatId = this.fields.text(seat, 'seat_guid', place, SEAT_ID_CHARACTERS_MAX);
    if (seatId === undefined) return undefined;
    const first = this.seatPlaces.get(seatId);
    if (first === undefined) {
      this.seatPlaces.set(seatId, place);
      return seatId;
    }
    this.faults.add(place.of('seat_guid'), alreadyUsed(first.of('seat_guid')));
    return undefined;
  }

  private category(seat: JsonObject, place: Place): number | undefined {
    const name = seat['category'];
    const known = typeof name === 'string' ? this.categoriesByName.get(name) : undefined;
    if (known !== undefined) return known.index;
    if (this.fields.text(seat, 'category', place, NAME_CHARACTERS_MAX) !== undefined) {
      this.faults.add(place.of('category'), 'is not one of the categories of the plan');
    }
    return undefined;
  }

  /** Going on would list no further fault, or read past the size limit. */
  private isOver(): boolean {
    return this.faults.overflowed || this.seatsSeen > this.limits.seatsMax;
  }
}

function alreadyUsed(first: Place): string {
  return `is already used at ${first.toString()}`;
}

import type { Place } from './place.js';
import type { PlanFaults } from './plan-faults.js';
import { problemWithText } from './plan-text.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** No room is drawn this large; sums of three such numbers stay exact. In plan pixels. */
const COORDINATE_MAX = 1_000_000;

const origin: Point = { x: 0, y: 0 };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Array.isArray without its `any`. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/**
 * Reads the fields of a parsed JSON document. A field that is missing or not what it
 * should be is noted as a fault, and undefined is answered.
 */
export class PlanFields {
  constructor(private readonly faults: PlanFaults) {}

  object(value: unknown, place: Place): JsonObject | undefined {
    if (isJsonObject(value)) return value;
    this.faults.add(place, wrongType(value, 'an object'));
    return undefined;
  }

  list(parent: JsonObject, key: string, place: Place): readonly unknown[] | undefined {
    const value: unknown = parent[key];
    if (isList(value)) return value;
    this.faults.add(place.of(key), wrongType(value, 'a list'));
    return undefined;
  }

  text(parent: JsonObject, key: string, place: Place, charactersMax: number): string | undefined {
    const value = parent[key];
    if (typeof value !== 'string') {
      this.faults.add(place.of(key), wrongType(value, 'a text'));
      return undefined;
    }
    const problem = problemWithText(value, charactersMax);
    if (problem === undefined) return value;
    this.faults.add(place.of(key), problem);
    return undefined;
  }

  /** False when it is missing. */
  flag(parent: JsonObject, key: string, place: Place): boolean | undefined {
    const value = parent[key];
    if (value === undefined) return false;
    if (typeof value === 'boolean') return value;
    this.faults.add(place.of(key), wrongType(value, 'true or false'));
    return undefined;
  }

  /** `position` of a zone or a row: 0,0 when it is missing. */
  offset(parent: JsonObject, place: Place): Point | undefined {
    return parent['position'] === undefined ? origin : this.position(parent, place);
  }

  /** `position` of a seat, which has no default: seats on top of each other could not be told apart. */
  position(parent: JsonObject, place: Place): Point | undefined {
    const value = parent['position'];
    if (!isJsonObject(value)) {
      this.faults.add(place.of('position'), wrongType(value, 'an object with x and y'));
      return undefined;
    }
    const x = this.coordinate(value, 'x', place);
    const y = this.coordinate(value, 'y', place);
    return x === undefined || y === undefined ? undefined : { x, y };
  }

  /** A length in plan pixels: more than 0. */
  extent(parent: JsonObject, key: string, place: Place): number | undefined {
    const value = parent[key];
    if (typeof value !== 'number') {
      this.faults.add(place.of(key), wrongType(value, 'a number'));
      return undefined;
    }
    if (value > 0 && value <= COORDINATE_MAX) return value;
    this.faults.add(place.of(key), `must be more than 0 and at most ${COORDINATE_MAX}`);
    return undefined;
  }

  private coordinate(position: JsonObject, key: 'x' | 'y', place: Place): number | undefined {
    const value = position[key];
    if (typeof value !== 'number') {
      this.faults.add(place.of('position').of(key), wrongType(value, 'a number'));
      return undefined;
    }
    // NaN fails the comparison; JSON has none, but 1e999 is read as Infinity.
    if (Math.abs(value) <= COORDINATE_MAX) return value;
    this.faults.add(place.of('position').of(key), `must be between -${COORDINATE_MAX} and ${COORDINATE_MAX}`);
    return undefined;
  }
}

function wrongType(value: unknown, wanted: string): string {
  return value === undefined ? 'is missing' : `must be ${wanted}`;
}

import { findJsonFault } from './json-fault.js';
import { parseSeatingPlan, type ParsedSeatingPlan, type SeatingPlanLimits } from './parse-seating-plan.js';
import { Place } from './place.js';

/**
 * parseSeatingPlan on the bytes of a file: UTF-8, with or without a byte order mark.
 * Bytes that are not UTF-8 or not JSON are a fault of `$` that names where they stop
 * being so.
 */
export function parseSeatingPlanBytes(bytes: Uint8Array, limits: SeatingPlanLimits): ParsedSeatingPlan {
  const text = decodeUtf8(bytes);
  if (text === undefined) return wholeFault(`is not UTF-8 near byte ${validUtf8Bytes(bytes)}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const fault = findJsonFault(text);
    return wholeFault(
      fault === undefined
        ? 'is not JSON'
        : `is not JSON: expected ${fault.wanted} at line ${fault.line}, column ${fault.column}`,
    );
  }
  return parseSeatingPlan(json, limits);
}

function wholeFault(problem: string): ParsedSeatingPlan {
  return { kind: 'faults', faults: [{ path: Place.root.toString(), problem }] };
}

function decodeUtf8(bytes: Uint8Array, isWhole = true): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

/** How many bytes from the start are UTF-8, found by halving: the decoder does not say where it stopped. */
function validUtf8Bytes(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodeUtf8(bytes.subarray(0, middle), false) === undefined) invalid = middle;
    else valid = middle;
  }
  return valid;
}

import type { HotScreeningResult } from './hot-screening.js';

/** What fails a run in which every request asked for a free seat: a sentence each. */
export function hotFaults({
  accepted,
  refused,
  errors,
  oversold,
  lost,
}: Pick<HotScreeningResult, 'accepted' | 'refused' | 'errors' | 'oversold' | 'lost'>): readonly string[] {
  const faults: string[] = [];
  if (accepted === 0) faults.push('no hold was accepted');
  if (refused > 0) faults.push(`${String(refused)} holds of free seats were refused`);
  if (errors > 0) faults.push(`${String(errors)} requests failed`);
  if (oversold > 0) faults.push(`${String(oversold)} seats had two owners`);
  if (lost > 0) faults.push(`${String(lost)} acknowledged holds are not in the journal`);
  return faults;
}

import { Place } from './place.js';

/** One thing wrong with a seating plan: what, and where in the file. */
export interface PlanFault {
  /** For example `zones[2].rows[0].seats[14].seat_guid`; `$` for the plan as a whole. */
  readonly path: string;
  /** English, continues the path: "is missing". */
  readonly problem: string;
}

/** A plan that is wrong in one way is usually wrong in that way for every seat. */
const FAULTS_LISTED = 20;

/** The faults found so far; those past the first few are only known to exist. */
export class PlanFaults {
  private readonly listed: PlanFault[] = [];

  /** One more than is listed was found: there is nothing left to learn from the plan. */
  overflowed = false;

  get any(): boolean {
    return this.listed.length > 0;
  }

  add(place: Place, problem: string): void {
    if (this.listed.length < FAULTS_LISTED) this.listed.push({ path: place.toString(), problem });
    else this.overflowed = true;
  }

  /** In the order of the file; ends with "and more" when not all are listed. */
  list(): readonly PlanFault[] {
    return this.overflowed ? [...this.listed, { path: Place.root.toString(), problem: 'and more' }] : this.listed;
  }
}

/**
 * A place in a JSON document, written as people point at it:
 * `zones[2].rows[0].seats[14].seat_guid`; the document itself is `$`. Cheap to make
 * for every seat, because the text is put together only when it is asked for.
 */
export class Place {
  static readonly root = new Place(undefined, '');

  private constructor(
    private readonly parent: Place | undefined,
    private readonly step: string | number,
  ) {}

  /** The member with this key, or the element at this index. */
  of(step: string | number): Place {
    return new Place(this, step);
  }

  toString(): string {
    if (this.parent === undefined) return '$';
    const before = this.parent === Place.root ? '' : this.parent.toString();
    if (typeof this.step === 'number') return `${before}[${this.step}]`;
    return before === '' ? this.step : `${before}.${this.step}`;
  }
}

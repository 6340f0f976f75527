import { expect } from 'chai';
import { ask } from './ask.js';
import { Stage, terms } from './stage.js';

describe('updating a screening', () => {
  it('changes the terms that are present and leaves the others', () => {
    const stage = new Stage();
    expect(stage.when(ask.update({ title: 'Another Night', maxSeatsPerRequest: 1 }))).to.deep.equal({
      kind: 'terms',
      terms: { ...terms, title: 'Another Night', maxSeatsPerRequest: 1 },
      cancelled: false,
      revision: 2,
    });
    stage.refuses(ask.hold('anna', ['A1', 'A2']), { kind: 'too-many-seats', limit: 1, requested: 2 });
  });

  it('leaves a term that is named but undefined as it is', () => {
    expect(new Stage().when(ask.update({ title: undefined }))).to.have.nested.property('terms.title', terms.title);
  });

  it('refuses terms that contradict each other, naming the field', () => {
    const stage = new Stage();
    const cases = [
      [{ salesCloseAtMs: terms.salesOpenAtMs }, 'sales_close_at'],
      [{ maxSeatsPerBuyer: 3 }, 'limits.max_seats_per_buyer'],
      [{ holdTtlMs: 999 }, 'limits.hold_ttl'],
      [{ holdLifetimeMaxMs: 59_999 }, 'limits.hold_lifetime_max'],
    ] as const;
    for (const [change, field] of cases) {
      const answer = stage.when(ask.update(change));
      expect(answer).to.have.nested.property('refusal.kind', 'invalid-terms');
      expect(answer).to.have.nested.property('refusal.field', field);
    }
    expect(stage.journal).to.have.length(1);
  });

  it('refuses a longest life that the journal has no room for', () => {
    const stage = new Stage();
    const answer = stage.when(ask.update({ holdLifetimeMaxMs: 2 ** 32 }));
    expect(answer).to.have.nested.property('refusal.field', 'limits.hold_lifetime_max');
  });

  it('leaves the promise of running holds alone', () => {
    const stage = new Stage().given(
      ask.hold('anna', ['A1']),
      ask.update({ holdTtlMs: 1_000, holdLifetimeMaxMs: 1_000 }),
    );
    stage.after(30_000).given(ask.confirm('anna', 't1'));
  });

  it('happens only at the revision asked for, and not once cancelled', () => {
    const stage = new Stage();
    stage.refuses(ask.update({ title: 'x' }, 9), { kind: 'stale-revision', revision: 1 });
    stage.given(ask.update({ title: 'x' }, 1), ask.cancelScreening());
    stage.refuses(ask.update({ title: 'y' }), { kind: 'screening-cancelled' });
  });
});

describe('cancelling a screening', () => {
  it('ends sales for good, releases every hold and keeps bookings', () => {
    const stage = new Stage({ blockedSeats: [7] });
    stage.given(ask.hold('anna', ['A1', 'A2']), ask.hold('berta', ['A3']), ask.book('carl', ['B1']));
    expect(stage.when(ask.cancelScreening())).to.deep.equal({ kind: 'terms', terms, cancelled: true, revision: 5 });
    expect(stage.seats()).to.equal('FFFFKFFX');
    expect(stage.screening.wakeAtMs).to.equal(null);
    stage.refuses(ask.hold('anna', ['A1']), { kind: 'screening-cancelled' });
    stage.refuses(ask.extend('anna', 't1'), { kind: 'screening-cancelled' });
    stage.refuses(ask.release('anna', 't1'), { kind: 'hold-not-found', ended: 'released' });
    stage.refuses(ask.cancelScreening(), { kind: 'screening-cancelled' });
  });

  it('happens only at the revision asked for', () => {
    const stage = new Stage();
    stage.refuses(ask.cancelScreening(2), { kind: 'stale-revision', revision: 1 });
    stage.given(ask.cancelScreening(1));
  });
});

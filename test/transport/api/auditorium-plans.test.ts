import { expect } from 'chai';
import type { SeatingPlan } from '../../../actors/auditorium/seating-plan.js';
import { auditoriumPlans } from '../../../src/transport/api/auditorium-plans.js';
import type { ScreeningRow } from '../../../src/transport/api/catalogue.js';
import { terms } from '../../actors/screening/stage.js';

const plan: SeatingPlan = {
  name: 'Hall',
  size: { width: 10, height: 10 },
  categories: [],
  seats: ['A1', 'A2'].map((seatId) => ({
    seatId,
    zone: '',
    row: 'A',
    number: seatId,
    x: 0,
    y: 0,
    category: 0,
    wheelchair: false,
  })),
};

describe('plans and places', () => {
  it('come to everyone who waits, also when more are asked for at once than are kept', async () => {
    const row = (screeningId: string): ScreeningRow => ({
      screeningId,
      auditoriumId: `hall of ${screeningId}`,
      capacity: 2,
      terms,
      cancelled: false,
      createTimeMs: 0,
    });
    const catalogue = {
      getScreening: (id: string) => Promise.resolve(row(id)),
      loadSeatingPlan: (id: string) => Promise.resolve(id),
    };
    const plans = auditoriumPlans(catalogue, () => plan, { cachedPlacesMax: 1, cachedPlanSeatsMax: 2 });
    const layouts = await Promise.all(['s1', 's2', 's3'].map((id) => plans.layout(id)));
    expect(layouts.map((layout) => layout?.seatIds)).to.deep.equal([
      ['A1', 'A2'],
      ['A1', 'A2'],
      ['A1', 'A2'],
    ]);
  });
});

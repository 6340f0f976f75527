import { expect } from 'chai';
import { Cost } from '../../../bench/growth/cost.js';
import { notesOf } from '../../../bench/growth/notes.js';
import { latencyHistogram } from '../../../bench/load/latency.js';

describe('the notes on growth', () => {
  /** Of 1,000 reservations, a turn each. */
  function cost(microsEach: number, turnsPerCommit: number): Cost {
    const made = new Cost();
    const postgres = { postgresMicros: 0, redisMicros: 0, walBytes: 0, snapshots: 0 };
    const spent = { nodeMicros: microsEach * 1_000, turns: 1_000, commits: 1_000 / turnsPerCommit, ...postgres };
    made.add(spent, 1_000, 1, latencyHistogram());
    return made;
  }
  const swept = { accepted: 0, refused: 0, errors: 0, faults: [] };

  it('say of commits by nodes what was measured', () => {
    const points = [
      { nodes: 1, cost: cost(200, 2), costAsLoadGrows: cost(500, 1.5), idleMicros: 0 },
      // Not what was expected of it: more turns, and cheaper.
      { nodes: 2, cost: cost(150, 4), costAsLoadGrows: cost(300, 3), idleMicros: 0 },
    ];
    const most = {
      screenings: 1,
      creationSeconds: 1,
      activationSeconds: 1,
      activationP50Micros: 1,
      activationP99Micros: 1,
    };
    const notes = notesOf({
      screenings: { points: [], amongAll: cost(1, 1), idleMicros: [0, 0], most, residentsMax: 1, swept },
      seats: { points: [], screenings: 1, swept },
      nodes: { points, screenings: 1, ratePerNode: 800, swept: [] },
      journal: { points: [], accepted: 0, faults: [] },
      rate: 2_500,
    });
    expect(notes.find((note) => note.startsWith('Nodes share no statement'))).to.equal(
      'Nodes share no statement. With 1 and 2 nodes that share 2,500 reservations a second a commit has 2.0 and 4.0 turns ' +
        'and a reservation costs 200 and 150 us; with as many nodes that have 800 a second each, a commit has 1.5 and 3.0 ' +
        'turns and a reservation costs 500 and 300 us.',
    );
  });
});

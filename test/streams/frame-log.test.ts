import { expect } from 'chai';
import { FrameLog } from '../../src/streams/frame-log.js';
import { decodeResumeToken, encodeResumeToken } from '../../src/streams/resume-token.js';
import type { SeatDelta } from '../../src/streams/index.js';
import { counts, states } from './stage.js';

const delta = (previousRevision: number, revision: number, seats = 1): SeatDelta => ({
  kind: 'delta',
  epoch: 1,
  previousRevision,
  revision,
  seats: Array.from({ length: seats }, (_, seat) => seat),
  states: new Uint8Array(seats),
  counts: counts(states()),
  timeMs: 0,
});

const spans = (frames: readonly SeatDelta[] | undefined): (readonly [number, number])[] | undefined =>
  frames?.map(({ previousRevision, revision }) => [previousRevision, revision]);

describe('the frame log', () => {
  it('gives a viewer what it missed, also from the middle of a merged frame', () => {
    const log = new FrameLog({ resumeFrames: 10, resumeSeatChanges: 100 });
    for (const frame of [delta(1, 2), delta(2, 5), delta(5, 6)]) log.add(frame);
    expect(spans(log.since(1))).to.deep.equal([
      [1, 2],
      [2, 5],
      [5, 6],
    ]);
    expect(spans(log.since(2))).to.deep.equal([
      [2, 5],
      [5, 6],
    ]);
    expect(spans(log.since(3))).to.deep.equal([
      [2, 5],
      [5, 6],
    ]);
    expect(spans(log.since(5))).to.deep.equal([[5, 6]]);
  });

  it('says when something is gone', () => {
    const log = new FrameLog({ resumeFrames: 10, resumeSeatChanges: 100 });
    expect(log.since(0)).to.equal(undefined);
    log.add(delta(3, 4));
    expect(log.since(2)).to.equal(undefined);
    expect(spans(log.since(3))).to.deep.equal([[3, 4]]);
  });

  it('keeps no more frames than configured', () => {
    const log = new FrameLog({ resumeFrames: 2, resumeSeatChanges: 100 });
    for (const frame of [delta(1, 2), delta(2, 3), delta(3, 4)]) log.add(frame);
    expect(log.since(1)).to.equal(undefined);
    expect(spans(log.since(2))).to.deep.equal([
      [2, 3],
      [3, 4],
    ]);
  });

  it('keeps no more seat changes than configured', () => {
    const log = new FrameLog({ resumeFrames: 100, resumeSeatChanges: 5 });
    for (const frame of [delta(1, 2, 2), delta(2, 3, 3), delta(3, 4, 1)]) log.add(frame);
    expect(log.since(1)).to.equal(undefined);
    expect(spans(log.since(2))).to.deep.equal([
      [2, 3],
      [3, 4],
    ]);
    log.add(delta(4, 5, 6));
    expect(log.since(4), 'larger than all of it').to.equal(undefined);
  });

  it('gives nothing to a map amid revisions this node never saw', () => {
    const log = new FrameLog({ resumeFrames: 2, resumeSeatChanges: 100 });
    log.add(delta(1, 2));
    log.jumped(3, 6);
    expect([3, 4, 5, 6].map((revision) => log.applies(revision))).to.deep.equal([true, false, false, true]);
    log.add(delta(2, 7));
    expect(spans(log.since(3))).to.deep.equal([[2, 7]]);
    expect(log.since(4)).to.equal(undefined);
    expect(log.since(5)).to.equal(undefined);
    expect(spans(log.since(6))).to.deep.equal([[2, 7]]);
  });

  it('remembers no more jumps than frames, and none that its frames have left behind', () => {
    const log = new FrameLog({ resumeFrames: 2, resumeSeatChanges: 100 });
    for (const from of [1, 11, 21]) log.jumped(from, from + 5);
    expect(
      [3, 8, 13, 18, 23].map((revision) => log.applies(revision)),
      'two became one',
    ).to.deep.equal([false, false, false, true, false]);
    log.add(delta(1, 30));
    log.add(delta(30, 31));
    log.add(delta(31, 32));
    expect(log.applies(23)).to.equal(true);
    expect(log.since(23), 'for that the frames are gone').to.equal(undefined);
  });

  it('may keep nothing', () => {
    const log = new FrameLog({ resumeFrames: 0, resumeSeatChanges: 0 });
    log.add(delta(1, 2));
    expect(log.since(1)).to.equal(undefined);
  });
});

describe('a resume token', () => {
  it('names screening, epoch and revision, in text that needs no escaping', () => {
    const at = { screeningId: 'Große Halle/1 🎬', epoch: 3, revision: 123_456_789 };
    const token = encodeResumeToken(at);
    expect(token).to.match(/^[\w-]+$/);
    expect(decodeResumeToken(token)).to.deep.equal(at);
  });

  it('of any other form is none', () => {
    const of = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const token of [
      '',
      'x',
      '%%%',
      of(null),
      of({}),
      of([1, 'a', 1]),
      of([2, 'a', 1, 1]),
      of([1, 5, 1, 1]),
      of([1, 'a', -1, 1]),
      of([1, 'a', 1, 1.5]),
      of([1, 'a', 1, 2 ** 53]),
    ]) {
      expect(decodeResumeToken(token), token).to.equal(undefined);
    }
  });
});

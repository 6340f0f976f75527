import { expect } from 'chai';
import { Timeline } from '../../../bench/failover/timeline.js';

describe('the timeline of a screening under load', () => {
  /** Commands sent at these times, each answered 5 ms later. */
  function answeredAfter(sentMs: readonly number[], isOk = true): Timeline {
    const timeline = new Timeline();
    for (const sent of sentMs) timeline.record({ sentMs: sent, answeredMs: sent + 5, isOk });
    return timeline;
  }

  it('takes for the first success a command that was sent after the kill, not one that was only answered after it', () => {
    const timeline = answeredAfter([100, 198, 3_000]);
    expect(timeline.firstSuccessSince(200)).to.equal(3_005);
  });

  it('does not take a refusal for a success', () => {
    const timeline = answeredAfter([300], false);
    expect(timeline.firstSuccessSince(200)).to.equal(undefined);
    timeline.record({ sentMs: 400, answeredMs: 410, isOk: true });
    expect(timeline.firstSuccessSince(200)).to.equal(410);
  });

  it('tells a gap whole that only touches the stretch that is asked about', () => {
    const timeline = answeredAfter([0, 100, 200, 900, 1_000, 1_100]);
    expect(timeline.longestGap(850, 1_050)).to.equal(700);
    expect(timeline.longestGap(910, 1_050)).to.equal(100);
  });

  it('tells the usual gap by the median: one long gap does not move it', () => {
    expect(answeredAfter([0, 100, 200, 900, 1_000, 1_100]).usualGap(10, 1_100)).to.equal(100);
    expect(answeredAfter([0, 100, 300]).usualGap(10, 300)).to.equal(150);
  });

  it('says nothing of a stretch whose end nobody has heard of yet', () => {
    expect(answeredAfter([0, 100, 200]).longestGap(50, 300)).to.equal(undefined);
    expect(answeredAfter([100, 200]).longestGap(50, 150)).to.equal(undefined);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { ClusterView, Member } from '../../src/cluster/member.js';
import {
  holdsLease,
  nextMembership,
  notYetAMember,
  type MembershipInput,
  type MembershipState,
} from '../../src/cluster/membership-view.js';
import { RENEW_MS, rules } from './membership-life.js';
import { member, viewOf } from './members.js';

/** Any view the store may answer: of two generations, versions that go back too, members in any order. */
const view: fc.Arbitrary<ClusterView> = fc
  .record({
    version: fc.integer({ min: 1, max: 6 }),
    generation: fc.constantFrom('g1', 'g2'),
    members: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 5 }),
        boot: fc.constantFrom('a', 'b'),
        weight: fc.integer({ min: 0, max: 2 }),
      }),
      { selector: ({ id }) => id, maxLength: 5 },
    ),
  })
  .map(({ version, generation, members }) =>
    viewOf(
      version,
      members.map(({ id, boot, weight }) => member(`node-${String(id)}`, { bootId: `${String(id)}${boot}`, weight })),
      generation,
    ),
  );

/** What may happen next, and after how long. */
type Step =
  | {
      readonly kind: 'held';
      readonly view: ClusterView;
      readonly wasMissing: boolean;
      readonly gapMs: number;
      readonly tookMs: number;
    }
  | {
      readonly kind: 'taken';
      readonly view: ClusterView;
      readonly by: string;
      readonly gapMs: number;
      readonly tookMs: number;
    }
  | { readonly kind: 'unreachable'; readonly gapMs: number };

const gapMs = fc.oneof({ weight: 8, arbitrary: fc.constant(RENEW_MS) }, fc.integer({ min: 0, max: 12_000 }));
const tookMs = fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: 0, max: 3_000 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('held' as const), view, wasMissing: fc.boolean(), gapMs, tookMs }),
  fc.record({ kind: fc.constant('taken' as const), view, by: fc.constantFrom('x', 'y'), gapMs, tookMs }),
  fc.record({ kind: fc.constant('unreachable' as const), gapMs }),
);
const steps = fc.array(step, { maxLength: 25 });

/** The inputs the steps make, on one time line. */
function inputsOf(given: readonly Step[]): MembershipInput[] {
  let atMs = 1_000;
  return given.map((each): MembershipInput => {
    atMs += each.gapMs;
    if (each.kind === 'unreachable') return { kind: 'unreachable', reason: 'away', atMs };
    const sentAtMs = atMs;
    atMs += each.tookMs;
    const answer =
      each.kind === 'held'
        ? ({ kind: 'held', view: each.view, wasMissing: each.wasMissing } as const)
        : ({ kind: 'taken', view: each.view, by: member('node-1', { bootId: each.by }) } as const);
    return { kind: 'answered', answer, sentAtMs, atMs };
  });
}

const next = (state: MembershipState, input: MembershipInput) => nextMembership(state, input, rules);
const after = (given: readonly Step[]) => inputsOf(given).reduce(next, notYetAMember);
const membersOf = (state: MembershipState): readonly Member[] => state.outlook.view?.members ?? [];
const atOf = (input: MembershipInput | undefined) =>
  input === undefined || input.kind === 'released' ? 1_000 : input.atMs;

describe('a view through any sequence of answers and failures', () => {
  it('loses and changes nobody while the store is unreachable', () => {
    fc.assert(
      fc.property(steps, fc.array(gapMs, { minLength: 1, maxLength: 10 }), (given, gaps) => {
        const inputs = inputsOf([...given, ...gaps.map((each) => ({ kind: 'unreachable' as const, gapMs: each }))]);
        const before = inputs.slice(0, given.length).reduce(next, notYetAMember);
        const later = inputs.slice(given.length).reduce(next, before);
        expect(later.outlook.view).to.equal(before.outlook.view);
      }),
    );
  });

  it('is the same for the same inputs, whatever the order of the members in them', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const reversed = given.map((each) =>
          each.kind === 'unreachable'
            ? each
            : { ...each, view: { ...each.view, members: each.view.members.toReversed() } },
        );
        expect(after(reversed)).to.deep.equal(after(given));
      }),
    );
  });

  it('has every member the store showed last, as it showed it, unless the store went back', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const last = given.at(-1);
        const state = after(given);
        if (last === undefined || last.kind === 'unreachable' || last.tookMs > rules.leaseTtlMs) return;
        if (state.outlook.problem?.kind === 'store-went-back') return;
        expect(membersOf(state)).to.include.deep.members([...last.view.members]);
      }),
    );
  });

  it('has nobody whom the store never showed, each id once, in order', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const shown = given.flatMap((each) => (each.kind === 'unreachable' ? [] : each.view.members));
        const members = membersOf(after(given));
        expect(shown).to.include.deep.members([...members]);
        const ids = members.map(({ nodeId }) => nodeId);
        expect(ids).to.deep.equal([...new Set(ids)].toSorted());
      }),
    );
  });

  it('names whoever is in it but not in what the store shows', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { outlook, adopted } = after(given);
        if (outlook.problem?.kind === 'store-away' || outlook.problem?.kind === 'store-went-back') return;
        const shown = adopted?.observed.members.map(({ nodeId }) => nodeId) ?? [];
        const extra = membersOf(after(given))
          .map(({ nodeId }) => nodeId)
          .filter((id) => !shown.includes(id));
        expect(outlook.problem?.kind === 'leases-lost' ? outlook.problem.kept : []).to.deep.equal(extra);
      }),
    );
  });

  it('comes to be what the store shows when it shows the same for the grace', () => {
    fc.assert(
      fc.property(steps, view, (given, last) => {
        const count = Math.ceil(rules.leaseLossGraceMs / RENEW_MS) + 2;
        const same = { kind: 'held', view: last, wasMissing: false, gapMs: RENEW_MS, tookMs: 0 } as const;
        const state = after([...given, ...Array.from({ length: count }, () => same)]);
        expect(membersOf(state)).to.have.deep.members([...last.members]);
        expect(state.outlook).to.include({ problem: undefined });
        expect(state.outlook.self.kind).to.equal('member');
      }),
    );
  });

  it('is what the store shows at once after a sleep', () => {
    fc.assert(
      fc.property(steps, view, fc.boolean(), (given, found, wasMissing) => {
        fc.pre(given.length > 0);
        const state = after([...given, { kind: 'held', view: found, wasMissing, gapMs: 1_501, tookMs: 1 }]);
        expect(membersOf(state)).to.have.deep.members([...found.members]);
      }),
    );
  });

  it('keeps its reference while it says the same, and so does everything beside it', () => {
    fc.assert(
      fc.property(steps, (given) => {
        let state = notYetAMember;
        for (const input of inputsOf(given)) {
          const later = next(state, input);
          for (const part of ['view', 'self'] as const) {
            const same = JSON.stringify(later.outlook[part]) === JSON.stringify(state.outlook[part]);
            expect(later.outlook[part] === state.outlook[part], part).to.equal(same);
          }
          state = later;
        }
      }),
    );
  });

  it('has a lease for certain only after a renewal that was sent less than a lease ago', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 3_000 }), (given, laterMs) => {
        const inputs = inputsOf(given);
        const nowMs = atOf(inputs.at(-1)) + laterMs;
        if (!holdsLease(after(given), nowMs, rules)) return;
        const answers = inputs.filter((input) => input.kind === 'answered');
        expect(answers.some(({ answer, sentAtMs }) => answer.kind === 'held' && nowMs - sentAtMs <= rules.leaseTtlMs))
          .to.be.true;
      }),
    );
  });
});

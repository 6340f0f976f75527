import { expect } from 'chai';
import {
  Committer,
  EntityActor,
  localBus,
  openActorSystem,
  OwnedElsewhere,
  Residents,
  silentProbe,
  StorageUnavailable,
  UnknownEntity,
  type ActorSystem,
  type Claim,
  type OwnerNotice,
  type ResidentLimits,
} from '../../src/runtime/index.js';
import { manualClock, type ManualClock } from './manual-clock.js';
import { ScriptedJournal } from './scripted-journal.js';
import { Tally, type TallyAnswer, type TallyCommand } from './tally.js';

/** Entities over one journal each; claims can be held up or fail. */
class World {
  readonly clock: ManualClock = manualClock();
  readonly journals = new Map<string, ScriptedJournal>();
  readonly epochs = new Map<string, number>();
  readonly saved: string[] = [];
  readonly left: string[] = [];
  claiming = 0;
  claimingMost = 0;
  /** What a claim waits for. */
  gate: Promise<void> = Promise.resolve();
  trouble: Error | undefined;
  /** What a snapshot waits for, and what becomes of it. */
  saveGate: Promise<void> = Promise.resolve();
  snapshotTrouble: Error | undefined;
  /** The next actor wants to be dropped before it is ready. */
  dropNext = false;
  private readonly committer = new Committer<never>(
    {
      appendBatch: async (lane, turns) =>
        (await Promise.all(turns.map((turn) => this.journal(turn.entityId).appendBatch(lane, [turn])))).flat(),
    },
    this.clock,
    { commitLanes: 1, turnsPerCommit: 100, commitPaceMs: 0 },
  );
  readonly residents: Residents<TallyCommand, TallyAnswer>;

  constructor(
    system: ActorSystem,
    limits: Partial<ResidentLimits> = {},
    snapshotLimits: { readonly snapshotMinEvents?: number } = {},
  ) {
    const probe = {
      ...silentProbe,
      passivated: (id: string, reason: string) => void this.left.push(`${id} ${reason}`),
    };
    const ports = {
      committer: this.committer,
      bus: localBus<OwnerNotice<number>>(),
      clock: this.clock,
      randomness: { token: () => 'token', fraction: () => 0 },
      probe,
      isRefusal: () => false,
      mayBeOld: () => false,
      epochs: { isHeld: () => Promise.resolve(true) },
      ownership: {
        claim: (id: string) => this.claim(id),
        dueBefore: () => Promise.resolve([]),
        stillHeld: () => Promise.resolve([]),
      },
      journal: { read: (id: string, after: number, limit: number) => this.journal(id).read(id, after, limit) },
      snapshots: {
        load: () => Promise.resolve([]),
        save: async (id: string, epoch: number, { revision }: { readonly revision: number }) => {
          this.saved.push(`${id} ${String(revision)}`);
          await this.saveGate;
          if (this.snapshotTrouble !== undefined) throw this.snapshotTrouble;
          return epoch === this.epochs.get(id);
        },
      },
    };
    const turnLimits = {
      mailboxLimit: 100,
      turnBatchLimit: 10,
      turnPaceMs: 0,
      ownershipProofMs: 0,
      snapshotMinEvents: 1_000,
      snapshotIntervalMs: 1e9,
      ...snapshotLimits,
    };
    this.residents = new Residents(
      system,
      (id, onDropped) => {
        const create = (): Promise<() => Tally> => {
          if (this.dropNext) onDropped();
          this.dropNext = false;
          return Promise.resolve(() => new Tally());
        };
        return new EntityActor(id, create, ports, turnLimits, onDropped);
      },
      this.clock,
      probe,
      {
        residentsMax: 10,
        passivateAfterMs: 10_000,
        recoveriesMax: 2,
        mailboxLimit: 3,
        activationBackoffMs: 100,
        ...limits,
      },
    );
  }

  journal(id: string): ScriptedJournal {
    const found = this.journals.get(id) ?? new ScriptedJournal();
    if (!this.journals.has(id)) found.always = 'committed';
    this.journals.set(id, found);
    return found;
  }

  /** What the command was answered: the sum, or the failure. */
  ask(id: string, command: TallyCommand): Promise<number | string> {
    return new Promise((resolve) => {
      this.residents.submit(id, {
        command,
        lane: 'public',
        deadlineMs: Infinity,
        settle: (outcome) => {
          if (outcome.kind === 'failed') resolve(outcome.failure.kind);
          else resolve(outcome.answer.kind === 'sum' ? outcome.answer.sum : 'refused');
        },
      });
    });
  }

  private async claim(id: string): Promise<Claim | undefined> {
    this.claiming += 1;
    this.claimingMost = Math.max(this.claimingMost, this.claiming);
    await this.gate;
    this.claiming -= 1;
    if (this.trouble !== undefined) throw this.trouble;
    if (id === 'nobody') return undefined;
    const epoch = (this.epochs.get(id) ?? 0) + 1;
    this.epochs.set(id, epoch);
    return { epoch, revision: this.journal(id).rows.at(-1)?.revision ?? 0 };
  }
}

describe('residents', () => {
  let system: ActorSystem;
  before(async () => {
    system = await openActorSystem({ warn: () => undefined });
  });
  after(() => system.close());

  function closedGate(): { readonly gate: Promise<void>; open(): void } {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    return { gate, open };
  }

  it('activate an entity once, however many ask, and answer in order', async () => {
    const world = new World(system);
    expect(await Promise.all([world.ask('a', 1), world.ask('a', 2), world.ask('a', 3)])).to.deep.equal([1, 3, 6]);
    expect(await world.ask('a', 'peek')).to.equal(6);
    expect(world.epochs.get('a')).to.equal(1);
    expect(world.residents.size).to.equal(1);
    await world.residents.close();
  });

  it('let no more commands wait for an activation than for a mailbox', async () => {
    const world = new World(system);
    const { gate, open } = closedGate();
    world.gate = gate;
    const waiting = [1, 1, 1].map((number) => world.ask('a', number));
    expect(await world.ask('a', 1)).to.equal('overloaded');
    open();
    expect(await Promise.all(waiting)).to.deep.equal([1, 2, 3]);
    await world.residents.close();
  });

  it('recover no more at once than configured', async () => {
    const world = new World(system);
    const { gate, open } = closedGate();
    world.gate = gate;
    const asked = ['a', 'b', 'c', 'd', 'e'].map((id) => world.ask(id, 1));
    await world.clock.settle();
    expect(world.claimingMost).to.equal(2);
    open();
    expect(await Promise.all(asked)).to.deep.equal([1, 1, 1, 1, 1]);
    expect(world.claimingMost).to.equal(2);
    await world.residents.close();
  });

  it('say when there is no such entity, and remember nothing of it', async () => {
    const world = new World(system);
    expect(await world.ask('nobody', 1)).to.equal('not-found');
    world.trouble = new UnknownEntity('x');
    expect(await world.ask('x', 1)).to.equal('not-found');
    expect(world.residents.size).to.equal(0);
  });

  it('do not try again at once after a failed activation', async () => {
    const world = new World(system);
    world.trouble = new StorageUnavailable('away');
    expect(await world.ask('a', 1)).to.equal('storage-unavailable');
    world.trouble = undefined;
    expect(await world.ask('a', 1), 'still backing off').to.equal('storage-unavailable');
    await world.clock.pass(100);
    expect(await world.ask('a', 1)).to.equal(1);
    await world.residents.close();
  });

  it('drop an entity whose commit failed, and recover it from the journal for the next command', async () => {
    const world = new World(system);
    expect(await world.ask('a', 1)).to.equal(1);
    world.journal('a').always = new StorageUnavailable('away');
    expect(await world.ask('a', 10)).to.equal('storage-unavailable');
    world.journal('a').always = 'committed';
    expect(await world.ask('a', 100), 'without the 10').to.equal(101);
    expect(world.epochs.get('a')).to.equal(2);
    expect(world.saved).to.deep.equal([]);
    await world.residents.close();
  });

  it('drop an entity that was fenced', async () => {
    const world = new World(system);
    await world.ask('a', 1);
    world.journal('a').always = 'fenced';
    expect(await world.ask('a', 10)).to.equal('owner-moving');
    world.journal('a').always = 'committed';
    expect(await world.ask('a', 'peek')).to.equal(1);
    await world.residents.close();
  });

  it('drop an entity that failed by itself before anyone knew it was ready', async () => {
    const world = new World(system);
    world.dropNext = true;
    expect(await world.ask('a', 1), 'by its next activation').to.equal(1);
    expect(world.epochs.get('a')).to.equal(2);
    await world.residents.close();
  });

  it('make room by letting the least recently used go, with a snapshot', async () => {
    const world = new World(system, { residentsMax: 2 });
    for (const id of ['a', 'b', 'a', 'c']) {
      await world.ask(id, 1);
      await world.clock.pass(1);
    }
    expect(world.left).to.deep.equal(['b cap']);
    expect(world.saved).to.deep.equal(['b 1']);
    expect(world.residents.size).to.equal(2);
    expect(await world.ask('b', 'peek'), 'it comes back as it was').to.equal(1);
    await world.residents.close();
  });

  it('refuse by name when everyone in memory is at work', async () => {
    const world = new World(system, { residentsMax: 1 });
    await world.ask('a', 1);
    world.journal('a').always = undefined;
    const working = world.ask('a', 1);
    await world.clock.settle();
    expect(await world.ask('b', 1)).to.equal('overloaded');
    world.journal('a').answer();
    expect(await working).to.equal(2);
    world.journal('a').always = 'committed';
    await world.residents.close();
  });

  it('let the idle go, but not those who will act soon', async () => {
    const world = new World(system);
    world.residents.start();
    await world.ask('idle', 1);
    await world.ask('soon', { wakeAtMs: world.clock.now() + 18_000 });
    await world.ask('late', { wakeAtMs: world.clock.now() + 1_000_000 });
    await world.clock.pass(11_000);
    expect(world.left).to.have.members(['idle idle', 'late idle']);
    expect(world.saved).to.have.members(['idle 1', 'late 1']);
    await world.clock.pass(9_000);
    expect(await world.ask('soon', 'peek'), 'it acted in time').to.equal(1_000);
    await world.residents.close();
  });

  it('keep commands that come while an entity leaves, and bring it back for them', async () => {
    const world = new World(system, { residentsMax: 1 });
    await world.ask('a', 1);
    const other = world.ask('b', 1);
    const back = world.ask('a', 1);
    expect(await other).to.be.oneOf([1, 'overloaded']);
    expect(await back).to.be.oneOf([2, 'overloaded']);
    await world.clock.pass(100);
    expect(await world.ask('a', 'peek')).to.be.oneOf([1, 2]);
    await world.residents.close();
  });

  it('release an entity another node takes over: finish what it took, send on who comes meanwhile', async () => {
    const world = new World(system);
    await world.ask('a', 1);
    world.journal('a').always = undefined;
    const taken = world.ask('a', 5);
    await world.clock.settle();
    let released = false;
    const releasing = world.residents.release('a').then(() => (released = true));
    await world.clock.settle();
    expect(await world.ask('a', 7), 'it is on its way elsewhere').to.equal('owner-moving');
    expect(released).to.equal(false);
    world.journal('a').answer();
    world.journal('a').always = 'committed';
    await releasing;
    expect(await taken).to.equal(5 + 1);
    expect(world.left).to.deep.equal(['a moved']);
    expect(world.saved, 'no snapshot: somebody waits').to.deep.equal([]);
    expect([...world.residents.ids()]).to.deep.equal([]);
    await world.residents.release('a');
    expect(await world.ask('a', 'peek'), 'it may come back').to.equal(6);
    await world.residents.close();
  });

  it('release an entity that is being activated once it is there', async () => {
    const world = new World(system);
    const { gate, open } = closedGate();
    world.gate = gate;
    const waiting = world.ask('a', 1);
    const releasing = world.residents.release('a');
    open();
    await releasing;
    expect(await waiting).to.be.oneOf([1, 'owner-moving']);
    expect([...world.residents.ids()]).to.deep.equal([]);
    await world.residents.close();
  });

  it('send commands on when a claim finds that another node keeps the entity', async () => {
    const world = new World(system);
    world.trouble = new OwnedElsewhere('node-2 keeps it');
    expect(await world.ask('a', 1)).to.equal('owner-moving');
    world.trouble = undefined;
    expect(await world.ask('a', 1), 'without backing off').to.equal(1);
    await world.residents.close();
  });

  it('keep an entity that came back when a snapshot of what it was before is refused', async () => {
    const world = new World(system, {}, { snapshotMinEvents: 1 });
    const { gate, open } = closedGate();
    world.saveGate = gate;
    await world.ask('a', 1);
    await world.clock.settle();
    expect(world.saved).to.deep.equal(['a 1']);
    await world.residents.release('a');
    await world.ask('a', 1);
    open();
    await world.clock.settle();
    expect(world.residents.isAtWork('a')).to.equal(true);
    expect(world.epochs.get('a'), 'it was not activated again').to.equal(2);
    await world.residents.close();
  });

  it('try an activation again when its pause is over, whatever the wall clock does', async () => {
    const world = new World(system);
    world.trouble = new StorageUnavailable('away');
    expect(await world.ask('a', 1)).to.equal('storage-unavailable');
    world.trouble = undefined;
    world.clock.step(-600_000);
    await world.clock.pass(100);
    expect(await world.ask('a', 1)).to.equal(1);
    await world.residents.close();
  });

  it('close with a snapshot of everyone although one could not be stored some time before', async () => {
    const world = new World(system);
    world.residents.start();
    await world.ask('idle', 1);
    world.snapshotTrouble = new StorageUnavailable('away');
    await world.clock.pass(15_000);
    expect(world.left).to.deep.equal(['idle idle']);
    world.snapshotTrouble = undefined;
    await world.ask('a', 1);
    world.saved.length = 0;
    await world.residents.close();
    expect(world.saved).to.deep.equal(['a 1']);
  });

  it('close without trying every snapshot when the first cannot be stored', async () => {
    const world = new World(system, { recoveriesMax: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) await world.ask(id, 1);
    world.snapshotTrouble = new StorageUnavailable('away');
    await world.residents.close();
    expect(world.saved, 'those under way at once').to.have.length(2);
    expect(world.left).to.have.length(5);
  });

  it('wake an entity nobody asked for, and leave one that is here alone', async () => {
    const world = new World(system);
    world.residents.wake('a');
    await world.clock.settle();
    expect(world.epochs.get('a')).to.equal(1);
    world.residents.wake('a');
    await world.clock.settle();
    expect(world.epochs.get('a')).to.equal(1);
    await world.residents.close();
  });

  it('close: finish what is under way, snapshot everyone, take nothing more', async () => {
    const world = new World(system);
    await world.ask('a', 1);
    world.journal('b').always = undefined;
    const underWay = world.ask('b', 5);
    await world.clock.settle();
    const closing = world.residents.close();
    expect(await world.ask('new', 1)).to.equal('draining');
    world.journal('b').answer();
    await closing;
    expect(await underWay).to.equal(5);
    expect(world.saved).to.have.members(['a 1', 'b 1']);
    expect(world.left).to.have.members(['a drain', 'b drain']);
    expect(await world.ask('a', 1)).to.equal('draining');
    expect(world.residents.size).to.equal(0);
    await world.residents.close();
  });
});

import { expect } from 'chai';
import { StorageUnavailable } from '../../../src/runtime/index.js';
import { claimedScreening, turn } from '../../conformance/fixture.js';
import { storageContract } from '../../conformance/storage.js';
import { Host } from '../kernel/host.js';
import { Kernel } from '../kernel/kernel.js';
import { prng } from '../../support/prng.js';
import { Calls } from './calls.js';
import { CALM, Network } from './network.js';
import { SimulatedPostgres, SWIFT } from './simulated-postgres.js';

function stage() {
  const kernel = new Kernel();
  const network = new Network(kernel, prng(1));
  const claims: string[] = [];
  const postgres = new SimulatedPostgres(
    new Host('postgres'),
    kernel,
    new Calls(kernel, network),
    prng(2),
    { claimed: (entityId, epoch, by) => claims.push(`${entityId} ${String(epoch)} ${by.id}`) },
    { statementTimeoutMs: 1_000, lanes: 2 },
  );
  postgres.host.start();
  const client = new Host('client');
  client.start();
  const node = { nodeId: 'client', bootId: 'boot' };
  const storage = postgres.storageFor(client, node);
  /** What becomes of it within ten seconds. */
  const outcome = async (work: Promise<unknown>): Promise<string> => {
    let said = 'nothing';
    work.then(
      (value) => (said = JSON.stringify(value)),
      (error: unknown) => (said = error instanceof StorageUnavailable ? 'unavailable' : String(error)),
    );
    await kernel.run(kernel.nowMs + 10_000, () => said !== 'nothing');
    return said;
  };
  const rows = (id: string): number => postgres.tables.journals.get(id)?.length ?? 0;
  return { kernel, network, postgres, client, node, storage, claims, outcome, rows };
}

/** Virtual time passes while somebody who knows nothing of it waits for promises. */
function pump(kernel: Kernel): () => void {
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) await kernel.run(kernel.nowMs + 1);
  };
  void run();
  return () => (stopped = true);
}

describe('simulated Postgres', () => {
  storageContract(() => {
    const { kernel, postgres, node, storage } = stage();
    const stop = pump(kernel);
    const { tables } = postgres;
    return Promise.resolve({
      storage,
      node,
      storageOf(other) {
        const host = new Host(other.bootId);
        host.start();
        return Promise.resolve(postgres.storageFor(host, other));
      },
      bookedSeats: (screeningId) => Promise.resolve(Object.fromEntries(tables.bookedSeats.get(screeningId) ?? [])),
      damageNewestSnapshot(screeningId) {
        const [newest, ...older] = tables.snapshots.get(screeningId) ?? [];
        if (newest === undefined) throw new Error('no snapshot to damage');
        const state = newest.state.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
        tables.snapshots.set(screeningId, [{ ...newest, state }, ...older]);
        return Promise.resolve();
      },
      close() {
        stop();
        return storage.close();
      },
    });
  });

  it('takes time, and tells of claims when they take effect', async () => {
    const { kernel, postgres, storage, claims, outcome } = stage();
    const { id } = await claimedScreening(postgres.directly);
    const startMs = kernel.nowMs;
    expect(await outcome(storage.ownership.claim(id))).to.equal('{"epoch":2,"revision":1}');
    expect(kernel.nowMs - startMs).to.be.within(0.4, 4);
    expect(claims).to.deep.equal([`${id} 2 client`]);
  });

  it('does what a frozen or dead client had sent', async () => {
    const { kernel, postgres, client, storage, rows } = stage();
    const owned = await claimedScreening(postgres.directly);
    let told = false;
    void storage.journalWriter.appendBatch(0, [turn(owned, 2)]).then(() => (told = true));
    client.pause();
    await kernel.run(100);
    expect([rows(owned.id), told]).to.deep.equal([2, false]);
    client.resume();
    await kernel.run(100);
    expect(told).to.equal(true);
    void storage.journalWriter.appendBatch(0, [turn(owned, 3)]);
    client.crash();
    await kernel.run(200);
    expect(rows(owned.id)).to.equal(3);
  });

  it('may have written what it did not confirm, or may write it later, or never', async () => {
    const { kernel, network, postgres, storage, outcome, rows } = stage();
    const owned = await claimedScreening(postgres.directly);
    const append = (revision: number) => outcome(storage.journalWriter.appendBatch(0, [turn(owned, revision)]));
    postgres.weather = { ...SWIFT, stuckChance: 1, stuckMs: [2_000, 2_000] };
    expect(await append(2)).to.equal('unavailable');
    expect(rows(owned.id), 'when the client gave up').to.equal(1);
    await kernel.run(kernel.nowMs + 5_000);
    expect(rows(owned.id), 'later').to.equal(2);

    postgres.weather = SWIFT;
    const mend = network.cut(postgres.host, new Host('client'));
    expect(await append(3)).to.equal('unavailable');
    expect(rows(owned.id), 'the answer was lost').to.equal(3);
    mend();

    network.weather = { ...CALM, lossChance: 1 };
    expect(await append(4)).to.equal('unavailable');
    expect(rows(owned.id), 'the statement was lost').to.equal(3);
  });

  it('loses what was under way when it crashes, and nothing else', async () => {
    const { kernel, postgres, storage, outcome, rows } = stage();
    const owned = await claimedScreening(postgres.directly);
    const append = outcome(storage.journalWriter.appendBatch(0, [turn(owned, 2)]));
    postgres.host.crash();
    expect(await append).to.equal('unavailable');
    expect(await outcome(storage.ownership.claim(owned.id)), 'while it is down').to.equal('unavailable');
    postgres.host.start();
    await kernel.run(kernel.nowMs + 100);
    expect(rows(owned.id)).to.equal(1);
    expect(await outcome(storage.journalWriter.appendBatch(0, [turn(owned, 2)]))).to.equal('["committed"]');
  });

  it('serves nobody who has closed it', async () => {
    const { storage, outcome } = stage();
    await storage.close();
    expect(await outcome(storage.check())).to.equal('unavailable');
  });
});

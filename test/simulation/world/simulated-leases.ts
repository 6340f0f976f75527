import { LeasesUnavailable, type LeaseAnswer, type Leases } from '../../../src/cluster/ports.js';
import type { Host } from '../kernel/host.js';
import type { Calls } from './calls.js';
import type { Network } from './network.js';

/**
 * Leases in a store that is a process of its own: whoever renews waits for it, and may
 * not learn whether it did.
 */
export class SimulatedLeases {
  constructor(
    /** Where the store runs. */
    private readonly host: Host,
    private readonly store: Leases,
    private readonly calls: Calls,
    private readonly network: Network,
    private readonly options: { readonly commandTimeoutMs: number },
  ) {}

  leasesFor(client: Host): Leases {
    const { host, store, network } = this;
    return {
      renew: (member) => this.ask<LeaseAnswer>(client, 'renew', () => store.renew(member)),
      release: async (nodeId, bootId) => {
        await this.ask(client, 'release', async () => {
          await store.release(nodeId, bootId);
          return 'released';
        });
      },
      onChange: (changed) => {
        let isOver = false;
        const boot = client.boot;
        const forget = store.onChange(() => {
          network.send(host, client, () => {
            if (!isOver && client.boot === boot) changed();
          });
        });
        const end = (): void => {
          isOver = true;
          forget();
        };
        client.onCrash(end);
        return end;
      },
    };
  }

  private async ask<Reply>(client: Host, what: string, effect: () => Promise<Reply>): Promise<Reply> {
    const timeoutMs = this.options.commandTimeoutMs;
    const outcome = await this.calls.make(client, this.host, { what, timeoutMs, mayRepeat: false }, effect);
    if (outcome.kind === 'replied') return outcome.reply;
    throw new LeasesUnavailable(`simulated: ${what} is ${outcome.kind}`);
  }
}

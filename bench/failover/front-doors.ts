import { openRawClient, type RawClient } from '../load/raw-client.js';

/** The nodes as their clients reach them: a connection to each, made again when it is gone. */
export interface FrontDoors {
  /**
   * The next open connection, each node in turn; another than `not` unless that is the
   * only one. Undefined while there is none.
   */
  next(not?: RawClient): RawClient | undefined;
  /** Resolves once there is a connection to every node. @throws when that takes longer than `limitMs` */
  allOpen(limitMs: number): Promise<void>;
  /** Idempotent. */
  close(): void;
}

const RECONNECT_MS = 50;

/** @param addresses host:port of each node; those that nobody listens on are tried until somebody does */
export function openFrontDoors(addresses: readonly string[]): FrontDoors {
  const open = new Map<string, RawClient>();
  let turn = 0;
  let closed = false;

  const connect = async (address: string): Promise<void> => {
    try {
      const client = await openRawClient(address);
      if (isClosed()) {
        client.close();
        return;
      }
      client.onEnd(() => {
        open.delete(address);
        again(address);
      });
      open.set(address, client);
    } catch {
      // Nobody listens: the node is down, which is what this benchmark is about.
      again(address);
    }
  };
  const again = (address: string): void => {
    if (!closed) setTimeout(() => void connect(address), RECONNECT_MS);
  };
  const isClosed = (): boolean => closed;
  for (const address of addresses) void connect(address);

  return {
    next(not) {
      const clients = [...open.values()].filter(({ isOpen }) => isOpen);
      const others = clients.length > 1 ? clients.filter((client) => client !== not) : clients;
      turn += 1;
      return others[turn % others.length];
    },
    async allOpen(limitMs) {
      const giveUpMs = performance.now() + limitMs;
      while (open.size < addresses.length) {
        if (performance.now() > giveUpMs) {
          const missing = addresses.filter((address) => !open.has(address));
          throw new Error(`nobody listens on ${missing.join(', ')}`);
        }
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    },
    close() {
      closed = true;
      for (const client of open.values()) client.close();
    },
  };
}

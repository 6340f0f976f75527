/** A system with viewers: ours, the floor, a peer. */
export interface Contestant {
  readonly name: Name;
  /** Of its servers, each of which gets an equal share of the viewers. */
  readonly ports: readonly number[];
  /** Path and query of the WebSocket. */
  readonly path: string;
  /** Of its servers. */
  readonly pids: readonly number[];
  /** Makes one change known to all viewers. */
  publish(): Promise<Published>;
  /** To be called before viewers come: what is told them first is the map of now. */
  refresh(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

export type Name = 'ours' | 'bare' | 'socketio';

export interface Published {
  readonly revision: number;
  /** Since 1970: when the change was there to be told. */
  readonly epochMs: number;
}

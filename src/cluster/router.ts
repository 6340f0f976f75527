import { LRUCache } from 'lru-cache';
import type { Clock, Randomness, Timer } from '../runtime/index.js';
import type { Member } from './member.js';
import { PeerUnreachable, type PeerIdentity } from './ports.js';

/** Who should have which entity, by this node's view. */
export interface Whereabouts {
  /** Undefined while there is no view. */
  ownerOf(entityId: string): Member | undefined;
  /**
   * Another process than this one and than the owner, which should have had the entity
   * until the view changed and may not have handed it over yet.
   */
  formerOwnerOf(entityId: string): Member | undefined;
  /** Undefined when no such node is in the view. */
  member(nodeId: string): Member | undefined;
  /** Whether the entity is in this node's memory and decides, whoever should have it. */
  isAtWork(entityId: string): boolean;
}

export interface RouteLimits {
  /** First pause before a call is sent on; doubles, with jitter. */
  readonly routeRetryMs: number;
  readonly routeRetryMaxMs: number;
  /** Most calls that wait for an owner at once. */
  readonly routeWaitingMax: number;
  /** Most entities whose whereabouts are remembered against the view. */
  readonly placementCacheMax: number;
}

/** Whoever was asked does not own the entity, and did nothing. */
export class NotOwner extends Error {
  override readonly name = 'NotOwner';

  /** @param ownerNodeId who does, as far as the one who was asked knows. */
  constructor(readonly ownerNodeId: string | undefined) {
    super(ownerNodeId === undefined ? 'not the owner' : `not the owner; ${ownerNodeId} may be`);
  }
}

/** More calls wait for their owners than may; nothing was done. */
export class RouterFull extends Error {
  override readonly name = 'RouterFull';
}

export interface RoutedCall<Reply> {
  readonly entityId: string;
  /** Clock time in ms: the last moment to try. */
  readonly deadlineMs: number;
  /** Does it here. Rejects with what `isMoving` recognises, or NotOwner, when this node no longer is the owner. */
  local(): Promise<Reply>;
  /** Has it done there. @throws NotOwner, PeerUnreachable, or what the caller is to be told. */
  remote(owner: Member): Promise<Reply>;
}

/** How often a call may follow a hint without a pause: each peer may know better than the last, but not for ever. */
const PROMPT_HOPS = 3;

/**
 * Brings a call to the entity's owner, here or on a peer. An owner that moves, dies or
 * was never it costs the caller time and nothing else: the call is sent on until its
 * deadline. Sending again is safe, because every mutation carries a request_id that the
 * entity's journal remembers.
 */
export class Router {
  private readonly hints: LRUCache<string, string>;
  private readonly parked = new Set<() => void>();

  /**
   * @param self this process: another boot of this node's name is a peer like any other
   * @param isMoving whether an error of `local` means that the entity is leaving this node
   */
  constructor(
    private readonly self: PeerIdentity,
    private readonly whereabouts: Whereabouts,
    private readonly isMoving: (error: unknown) => boolean,
    private readonly clock: Clock,
    private readonly randomness: Pick<Randomness, 'fraction'>,
    private readonly limits: RouteLimits,
  ) {
    this.hints = new LRUCache({ max: limits.placementCacheMax });
  }

  /** Calls that wait to be sent on. */
  get waiting(): number {
    return this.parked.size;
  }

  /**
   * Who to ask: this node when it has the entity, else whoever is said to have it, else
   * whoever had it before the view changed, else who should have it. Undefined while
   * nobody is known.
   */
  locate(entityId: string): Member | undefined {
    return this.here(entityId) ?? this.hinted(entityId) ?? this.formerOrOwner(entityId);
  }

  /** Whether to do what a peer asks: who asks may be sent on, but not back to who had the entity before. */
  isHere(entityId: string): boolean {
    const { whereabouts, self } = this;
    if (whereabouts.isAtWork(entityId)) return true;
    return (this.hinted(entityId) ?? whereabouts.ownerOf(entityId))?.bootId === self.bootId;
  }

  /** Remembers who has the entity until the view changes. */
  learn(entityId: string, nodeId: string): void {
    if (this.formerOrOwner(entityId)?.nodeId === nodeId) this.hints.delete(entityId);
    else this.hints.set(entityId, nodeId);
  }

  /** Forgets what was said of the entity. */
  forget(entityId: string): void {
    this.hints.delete(entityId);
  }

  /** Call after every change of the view: hints are of the old one, and who waited may go on. */
  viewChanged(): void {
    this.hints.clear();
    for (const goOn of [...this.parked]) goOn();
  }

  /**
   * @throws the last NotOwner or PeerUnreachable when the deadline came first; RouterFull;
   *   otherwise what `local` or `remote` threw.
   */
  async route<Reply>(call: RoutedCall<Reply>): Promise<Reply> {
    for (let attempt = 0, hops = 0; ;) {
      const owner = this.locate(call.entityId);
      let failure: unknown = new NotOwner(undefined);
      if (owner !== undefined) {
        try {
          return await (owner.bootId === this.self.bootId ? call.local() : call.remote(owner));
        } catch (error) {
          if (!this.isWorthSendingOn(error)) throw error;
          failure = error;
        }
        this.distrust(call.entityId, owner);
        if (this.follow(call.entityId, owner, failure) && (hops += 1) <= PROMPT_HOPS) continue;
      }
      if (!(await this.pause(attempt, call.deadlineMs))) throw failure;
      attempt += 1;
    }
  }

  /** Takes over what a peer knew; true when that is somebody else than was asked. */
  private follow(entityId: string, asked: Member, failure: unknown): boolean {
    if (failure instanceof NotOwner && failure.ownerNodeId !== undefined) this.learn(entityId, failure.ownerNodeId);
    const next = this.locate(entityId);
    return next !== undefined && next.nodeId !== asked.nodeId;
  }

  /** This node, when it has the entity and is in the view. */
  private here(entityId: string): Member | undefined {
    if (!this.whereabouts.isAtWork(entityId)) return undefined;
    const member = this.whereabouts.member(this.self.nodeId);
    return member?.bootId === this.self.bootId ? member : undefined;
  }

  private hinted(entityId: string): Member | undefined {
    const nodeId = this.hints.get(entityId);
    return nodeId === undefined ? undefined : this.whereabouts.member(nodeId);
  }

  private formerOrOwner(entityId: string): Member | undefined {
    return this.whereabouts.formerOwnerOf(entityId) ?? this.whereabouts.ownerOf(entityId);
  }

  /** Whoever was asked did not do it: placement decides, unless it was placement that named it. */
  private distrust(entityId: string, asked: Member): void {
    const owner = this.whereabouts.ownerOf(entityId);
    if (owner === undefined || owner.nodeId === asked.nodeId) this.hints.delete(entityId);
    else this.learn(entityId, owner.nodeId);
  }

  private isWorthSendingOn(error: unknown): boolean {
    if (error instanceof PeerUnreachable) return error.kind === 'unsent' || error.kind === 'in-doubt';
    return error instanceof NotOwner || this.isMoving(error);
  }

  /** False when the deadline would pass. Ends early when the view changes. */
  private pause(attempt: number, deadlineMs: number): Promise<boolean> {
    const { routeRetryMs, routeRetryMaxMs, routeWaitingMax } = this.limits;
    const longest = Math.min(routeRetryMaxMs, routeRetryMs * 2 ** Math.min(attempt, 20));
    const pauseMs = longest * (0.5 + this.randomness.fraction() / 2);
    if (this.clock.now() + pauseMs >= deadlineMs) return Promise.resolve(false);
    if (this.parked.size >= routeWaitingMax)
      return Promise.reject(new RouterFull(`${String(routeWaitingMax)} calls wait for their owners already`));
    return new Promise((resolve) => {
      const goOn = (): void => {
        timer.cancel();
        this.parked.delete(goOn);
        resolve(true);
      };
      const timer: Timer = this.clock.after(pauseMs, goOn);
      this.parked.add(goOn);
    });
  }
}

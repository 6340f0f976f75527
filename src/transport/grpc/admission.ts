import { failureError } from '../api/index.js';
import { serviceError } from './error-status.js';
import type { UnaryHandler } from './unary-call.js';

/**
 * The unary calls and the commands of Execute streams under way on this node, and no more
 * than it may have. A call that waits is some 10 KB in the young generation, which every
 * collection copies: with 8,000 of them these took a third of the node, and a node that
 * could carry its load did not get rid of what a pause had left.
 */
export class Admission {
  #underWay = 0;

  /** @param onRefused told of everything that is refused */
  constructor(
    private readonly callsMax: number,
    private readonly onRefused: () => void,
  ) {}

  get underWay(): number {
    return this.#underWay;
  }

  /** Takes a place, to be given back by `leave` once. False: all are taken, and what came is to be refused. */
  enter(): boolean {
    if (this.#underWay >= this.callsMax) {
      this.onRefused();
      return false;
    }
    this.#underWay += 1;
    return true;
  }

  /** Gives back a place that was taken. */
  leave(): void {
    this.#underWay -= 1;
  }

  /** The same method, which refuses what comes when all places are taken. A call has its place until it is answered. */
  limited<Request, Response>(method: UnaryHandler<Request, Response>): UnaryHandler<Request, Response> {
    return (call, callback) => {
      if (!this.enter()) {
        callback(serviceError(failureError({ kind: 'overloaded' })));
        return;
      }
      method(call, (error, response, trailers) => {
        this.leave();
        callback(error, response, trailers);
      });
    };
  }
}

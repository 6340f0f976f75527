import type { Method } from './box-office.js';

/** A method that books or cancels, so that the bookings of its buyer may not be what this node knows of. */
export type SaleMethod = <Request extends { readonly buyerId: string }, Response>(
  method: Method<Request, Response>,
) => Method<Request, Response>;

/**
 * Both the node that decides a sale and the one that tells the buyer do this: each may keep the buyer's bookings.
 * @param changed told of a buyer who is about to be told of bookings, or of a failure that leaves them in doubt
 */
export function saleTelling(changed: (buyerId: string) => void): SaleMethod {
  return (method) => (request, call) =>
    method(request, call).finally(() => {
      changed(request.buyerId);
    });
}

import type { BoxOffice, Method } from '../box-office.js';
import { saleTelling } from '../sale.js';
import type { OwnerCaller } from './peer-caller.js';
import { routedMethods, type RoutedMethod } from './routed-methods.js';

/**
 * The public API of a whole cluster: what only an owner can decide goes to the owner,
 * everything else is answered here. For wires that have decoded the request already.
 * @param changed told of a buyer who is about to be told of bookings, or of a failure that leaves them in doubt
 */
export function routedBoxOffice(local: BoxOffice, owners: OwnerCaller, changed: (buyerId: string) => void): BoxOffice {
  const sale = saleTelling(changed);
  const routed =
    <Request extends { readonly screeningId: string }, Response>(
      { number, request: requests, response: responses }: RoutedMethod<Request, Response>,
      method: Method<Request, Response>,
    ): Method<Request, Response> =>
    (request, call) => {
      const { screeningId } = request;
      // Whoever names no screening is told so by any node.
      if (screeningId === '') return method(request, call);
      return owners.call(
        number,
        screeningId,
        call.deadlineMs,
        () => method(request, call),
        () => requests.encode(request).finish(),
        (response) => responses.decode(response),
      );
    };
  return {
    ...local,
    holdSeats: routed(routedMethods.holdSeats, local.holdSeats),
    extendHold: routed(routedMethods.extendHold, local.extendHold),
    getHold: routed(routedMethods.getHold, local.getHold),
    releaseHold: routed(routedMethods.releaseHold, local.releaseHold),
    confirmHold: sale(routed(routedMethods.confirmHold, local.confirmHold)),
    bookSeats: sale(routed(routedMethods.bookSeats, local.bookSeats)),
    cancelBooking: sale(routed(routedMethods.cancelBooking, local.cancelBooking)),
    updateScreening: routed(routedMethods.updateScreening, local.updateScreening),
    cancelScreening: routed(routedMethods.cancelScreening, local.cancelScreening),
  };
}

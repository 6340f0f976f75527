import type { Member } from '../../../cluster/index.js';
import { peekText } from '../../wire/index.js';
import type { BoxOffice, Call, Method } from '../box-office.js';
import type { OwnerCaller } from './peer-caller.js';
import { decoded, routedMethods, type RoutedMethod, type RoutedName } from './routed-methods.js';

/** What a method that was given bytes answers. */
export type EncodedReply<Response> =
  | { readonly kind: 'here'; readonly response: Response }
  /** The owner's very bytes, and who it is, for a client that wants to dial it next time. */
  | { readonly kind: 'elsewhere'; readonly response: Uint8Array; readonly owner: Member };

/** A routed method on an encoded request. Rejects with an ApiError; anything else is a bug. */
export type EncodedMethod<Response = unknown> = (request: Uint8Array, call: Call) => Promise<EncodedReply<Response>>;

export type EncodedMethods = Readonly<Record<RoutedName, EncodedMethod>>;

/**
 * The routed methods for a wire that has the request's bytes: a request for a screening
 * elsewhere is passed on as it came, and so is the answer; only the owner decodes.
 * @param changed told of a buyer who is about to be told of bookings, or of a failure that leaves them in doubt
 */
export function encodedMethods(
  local: BoxOffice,
  owners: OwnerCaller,
  changed: (buyerId: string) => void,
): EncodedMethods {
  const encoded =
    <Request, Response>(
      { number, request: requests, screeningIdField, bookingBuyerField }: RoutedMethod<Request, Response>,
      method: Method<Request, Response>,
    ): EncodedMethod<Response> =>
    (bytes, call) => {
      const here = async (): Promise<EncodedReply<Response>> => {
        const request = decoded(requests, bytes);
        return { kind: 'here', response: await method(request, call) };
      };
      const screeningId = peekText(bytes, screeningIdField);
      // Whoever names no screening, or sends no message at all, is told so by any node.
      if (screeningId === undefined || screeningId === '') return here();
      const reply = owners.call<EncodedReply<Response>>(
        number,
        screeningId,
        call.deadlineMs,
        here,
        () => bytes,
        (response, owner) => ({ kind: 'elsewhere', response, owner }),
      );
      if (bookingBuyerField === undefined) return reply;
      return reply.finally(() => {
        changed(peekText(bytes, bookingBuyerField) ?? '');
      });
    };
  return {
    holdSeats: encoded(routedMethods.holdSeats, local.holdSeats),
    extendHold: encoded(routedMethods.extendHold, local.extendHold),
    getHold: encoded(routedMethods.getHold, local.getHold),
    releaseHold: encoded(routedMethods.releaseHold, local.releaseHold),
    confirmHold: encoded(routedMethods.confirmHold, local.confirmHold),
    bookSeats: encoded(routedMethods.bookSeats, local.bookSeats),
    cancelBooking: encoded(routedMethods.cancelBooking, local.cancelBooking),
    updateScreening: encoded(routedMethods.updateScreening, local.updateScreening),
    cancelScreening: encoded(routedMethods.cancelScreening, local.cancelScreening),
  };
}

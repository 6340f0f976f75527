import { StorageUnavailable, type JournalReader } from '../../runtime/index.js';
import type { SeatStreams } from '../../streams/index.js';
import { ApiError } from './api-error.js';
import type { BoxOffice, Method } from './box-office.js';
import { storageUnavailable } from './refusals.js';
import { screeningMethods, type ScreeningMethodPorts } from './screening-methods.js';
import { seatCommands } from './seat-commands.js';
import { seatQueries } from './seat-queries.js';

export interface BoxOfficePorts extends ScreeningMethodPorts {
  readonly streams: SeatStreams;
  readonly journal: JournalReader;
  /** Told of every error that is a bug, with its stack; the caller sees INTERNAL without detail. */
  readonly onBug: (method: string, error: unknown) => void;
}

/** The public API over a node's parts. Whatever goes wrong inside comes out as an ApiError. */
export function openBoxOffice(ports: BoxOfficePorts): BoxOffice {
  const { router, streams, catalogue, journal, plans } = ports;
  const methods: BoxOffice = {
    ...screeningMethods(ports),
    ...seatCommands(router),
    ...seatQueries(streams, catalogue, journal, plans),
  };
  // An async function with a try costs one promise less than a chain with a catch.
  const guard =
    <Request, Response>(name: string, method: Method<Request, Response>): Method<Request, Response> =>
    async (request, call) => {
      try {
        return await method(request, call);
      } catch (error) {
        throw publicError(name, error, ports.onBug);
      }
    };
  return {
    createAuditorium: guard('CreateAuditorium', methods.createAuditorium),
    getAuditorium: guard('GetAuditorium', methods.getAuditorium),
    listAuditoriums: guard('ListAuditoriums', methods.listAuditoriums),
    createScreening: guard('CreateScreening', methods.createScreening),
    getScreening: guard('GetScreening', methods.getScreening),
    listScreenings: guard('ListScreenings', methods.listScreenings),
    updateScreening: guard('UpdateScreening', methods.updateScreening),
    cancelScreening: guard('CancelScreening', methods.cancelScreening),
    getSeatMap: guard('GetSeatMap', methods.getSeatMap),
    holdSeats: guard('HoldSeats', methods.holdSeats),
    extendHold: guard('ExtendHold', methods.extendHold),
    getHold: guard('GetHold', methods.getHold),
    releaseHold: guard('ReleaseHold', methods.releaseHold),
    confirmHold: guard('ConfirmHold', methods.confirmHold),
    bookSeats: guard('BookSeats', methods.bookSeats),
    cancelBooking: guard('CancelBooking', methods.cancelBooking),
    getBooking: guard('GetBooking', methods.getBooking),
    listBookings: guard('ListBookings', methods.listBookings),
    listStatusChanges: guard('ListStatusChanges', methods.listStatusChanges),
  };
}

function publicError(method: string, error: unknown, onBug: BoxOfficePorts['onBug']): ApiError {
  if (error instanceof ApiError) {
    if (error.code === 'INTERNAL') onBug(method, error);
    return error;
  }
  if (error instanceof StorageUnavailable) return storageUnavailable(error);
  onBug(method, error);
  return new ApiError('INTERNAL', 'INTERNAL', 'internal error', {}, [], { cause: error });
}

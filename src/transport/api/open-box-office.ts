import type { JournalReader } from '../../runtime/index.js';
import type { SeatStreams } from '../../streams/index.js';
import type { BoxOffice } from './box-office.js';
import { guardedBy, type OnBug } from './guard.js';
import { screeningMethods, type ScreeningMethodPorts } from './screening-methods.js';
import { seatCommands } from './seat-commands.js';
import { seatQueries } from './seat-queries.js';

export interface BoxOfficePorts extends ScreeningMethodPorts {
  readonly streams: SeatStreams;
  readonly journal: JournalReader;
  readonly onBug: OnBug;
}

/** The public API over a node's parts. Whatever goes wrong inside comes out as an ApiError. */
export function openBoxOffice(ports: BoxOfficePorts): BoxOffice {
  const { router, streams, catalogue, journal, plans } = ports;
  const methods: BoxOffice = {
    ...screeningMethods(ports),
    ...seatCommands(router),
    ...seatQueries(streams, catalogue, journal, plans),
  };
  const guard = guardedBy(ports.onBug);
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

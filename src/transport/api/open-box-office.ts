import type { JournalReader } from '../../runtime/index.js';
import { replicaReader, type SeatMapReader, type SeatStreams } from '../../streams/index.js';
import type { BoxOffice } from './box-office.js';
import { storedBookings, type BuyerBookings } from './buyer-bookings.js';
import { guardedBy, type OnBug } from './guard.js';
import { saleTelling } from './sale.js';
import { screeningMethods, type ScreeningMethodPorts } from './screening-methods.js';
import { seatCommands } from './seat-commands.js';
import { seatQueries } from './seat-queries.js';

export interface BoxOfficePorts extends ScreeningMethodPorts {
  readonly streams: SeatStreams;
  /** Reads seat maps; a node alone, which gives none, reads its replicas. */
  readonly seatMaps?: SeatMapReader;
  /** Reads a buyer's bookings; a node alone, which gives none, reads the database. */
  readonly buyerBookings?: BuyerBookings;
  readonly journal: JournalReader;
  readonly onBug: OnBug;
}

/** The public API over a node's parts. Whatever goes wrong inside comes out as an ApiError. */
export function openBoxOffice(ports: BoxOfficePorts): BoxOffice {
  const { router, catalogue, journal, plans } = ports;
  const seatMaps = ports.seatMaps ?? replicaReader(ports.streams);
  const buyerBookings = ports.buyerBookings ?? storedBookings(catalogue);
  const methods: BoxOffice = {
    ...screeningMethods(ports),
    ...seatCommands(router),
    ...seatQueries(seatMaps, buyerBookings, catalogue, journal, plans),
  };
  const guard = guardedBy(ports.onBug);
  const sale = saleTelling((buyerId) => {
    buyerBookings.changed(buyerId);
  });
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
    confirmHold: sale(guard('ConfirmHold', methods.confirmHold)),
    bookSeats: sale(guard('BookSeats', methods.bookSeats)),
    cancelBooking: sale(guard('CancelBooking', methods.cancelBooking)),
    getBooking: guard('GetBooking', methods.getBooking),
    listBookings: guard('ListBookings', methods.listBookings),
    listStatusChanges: guard('ListStatusChanges', methods.listStatusChanges),
  };
}

import type { ApiFailure } from './api-client.js';
import type { Counts, Frame, PlanSeat, Screening, SeatMapAnswer } from './api-types.js';
import type { Announcer } from './announcer.js';
import { onDark } from './category-color.js';
import { Countdown } from './countdown.js';
import type { HallDrawing } from './hall-drawing.js';
import { html } from './html.js';
import { Legend } from './legend.js';
import type { ConnectionState } from './live-connection.js';
import { Panel } from './panel.js';
import { ReservationFlow } from './reservation-flow.js';
import { ReservationStore, type Reservation } from './reservation-store.js';
import { isSameSale, noSaleTitle, saleAt, type Sale } from './sale.js';
import { SeatMap } from './seat-map.js';
import { lookWords, type Look } from './seat-look.js';
import { Selection } from './selection.js';
import type { ServerClock } from './server-clock.js';
import { explain, inDigits, list, placeOf, placesOf, seatCount } from './words.js';

/** Where a view of one screening shows itself. */
export interface BookingStage {
  readonly drawing: HallDrawing;
  readonly legend: HTMLElement;
  readonly panel: HTMLElement;
  readonly availability: HTMLElement;
  readonly stale: HTMLElement;
  readonly announcer: Announcer;
  readonly clock: ServerClock;
  readonly holdTtlSeconds: number | undefined;
}

/** Most seats to pick where the screening names no limit. */
const SEATS_MAX = 10;
/** When a hold that is over is said to go on: this browser's clock is wrong, and asking is no use before it is set right. */
const CHECK_AGAIN_MS = 5_000;
/** How late sales may be seen to open or close. */
const SALE_CHECK_MS = 1_000;
const looks = { FREE: 'free', HELD: 'held', BOOKED: 'booked', BLOCKED: 'blocked' } as const;

/** One screening as this viewer sees it: everybody's seats, and their own. */
export class BookingView {
  private readonly map: SeatMap;
  private readonly selection: Selection;
  private readonly flow: ReservationFlow;
  private readonly panel: Panel;
  private readonly legend: Legend;
  private readonly countdown: Countdown;
  private screening: Screening;
  private sale: Sale;
  private saleTimer: number | undefined;
  /** The end of a hold that the box office has been asked about when it came. */
  private checkedEnd: string | undefined;
  private checkTimer: number | undefined;
  private isCutOff = false;

  constructor(
    private readonly answer: SeatMapAnswer,
    private readonly stage: BookingStage,
  ) {
    const { screening, plan } = answer;
    this.screening = screening;
    this.sale = saleAt(screening, stage.clock.now());
    this.map = new SeatMap(answer);
    this.selection = new Selection(screening.max_seats_per_request ?? SEATS_MAX);
    this.countdown = new Countdown(stage.clock);
    this.legend = new Legend(stage.legend, plan, (category) => stage.drawing.highlight(category));
    this.flow = new ReservationFlow(
      screening.screening_id,
      stage.holdTtlSeconds,
      new ReservationStore(screening.screening_id),
      {
        changed: (reservation) => this.changed(reservation),
        failed: (failure) => this.failed(failure),
      },
    );
    this.panel = new Panel(stage.panel, {
      remove: (seatId) => this.toggleId(seatId),
      hold: () => void this.hold(),
      confirm: () => void this.flow.confirm(),
      extend: () => void this.flow.extend(),
      release: () => void this.flow.release(),
      retry: () => void this.flow.retry(),
      startOver: () => this.flow.startOver(),
    });
  }

  /** Shows everything and takes up what was under way before a reload. */
  async open(): Promise<void> {
    this.showStale();
    this.changed(this.flow.state);
    this.saleTimer = window.setInterval(() => this.checkSale(), SALE_CHECK_MS);
    await this.flow.resume();
  }

  close(): void {
    window.clearInterval(this.saleTimer);
    window.clearTimeout(this.checkTimer);
    this.countdown.stop();
    this.flow.leave();
  }

  /** The programme has news of this screening: it may have been cancelled, or be sold at other times. */
  update(screening: Screening): void {
    this.screening = screening;
    this.checkSale();
  }

  get counts(): Counts {
    return this.map.counts;
  }

  /** What is shown grows old while nothing comes. */
  connection(state: ConnectionState): void {
    if (state !== 'connecting') this.isCutOff = state !== 'live';
    this.showStale();
  }

  /** The live connection brought a frame. `gap`: it must begin anew. */
  apply(frame: Frame): 'gap' | 'done' {
    if ('timestamp' in frame) this.stage.clock.sighted(frame.timestamp);
    const applied = this.map.apply(frame);
    this.showStale();
    if (applied.kind === 'gap') return 'gap';
    if (applied.kind === 'changed') this.seatsChanged(applied.seatIds);
    return 'done';
  }

  toggle(seat: PlanSeat): void {
    const look = this.lookOf(seat.seat_id);
    if (look !== 'free' && look !== 'chosen')
      this.stage.announcer.warn(`${placeOf(seat, this.answer.plan)} is ${lookWords[look]}.`);
    else if (this.flow.state.phase === 'none') this.toggleId(seat.seat_id);
    else if (this.flow.state.phase === 'booked')
      this.stage.announcer.warn('To choose again, press “Book more seats” first.');
    else this.stage.announcer.warn('To choose others, book the seats you have or give them back first.');
  }

  private toggleId(seatId: string): void {
    const { announcer } = this.stage;
    const outcome = this.selection.toggle(seatId);
    if (outcome === 'full') announcer.warn(`You can take ${seatCount(this.selection.all.length)} at a time.`);
    else {
      announcer.clear();
      announcer.say(
        `${list(placesOf([seatId], this.answer.plan))} ${outcome === 'added' ? 'chosen' : 'no longer chosen'}. ${seatCount(this.selection.all.length)} in all.`,
      );
    }
    this.showSeats([seatId]);
    this.showPanel();
  }

  private async hold(): Promise<void> {
    const seatIds = this.selection.all;
    if (seatIds.length === 0) return;
    this.stage.announcer.clear();
    await this.flow.hold(seatIds);
  }

  private seatsChanged(seatIds: readonly string[]): void {
    const own = new Set(this.flow.ownSeatIds);
    if (seatIds.some((id) => own.has(id) && this.map.stateOf(id) !== 'HELD')) void this.flow.check();
    const lost = seatIds.filter((id) => !own.has(id) && this.map.stateOf(id) !== 'FREE' && this.selection.remove(id));
    if (lost.length > 0) {
      this.stage.announcer.warn(`${list(placesOf(lost, this.answer.plan))}: just taken by someone else.`);
      this.showPanel();
    }
    this.showSeats(seatIds);
    this.showCounts();
  }

  private changed(reservation: Reservation): void {
    // What is asked for stays chosen, also after a reload, so that a refusal gives back what is still free.
    if (reservation.phase === 'holding') this.selection.replace(reservation.seatIds);
    else if (reservation.phase !== 'none') this.selection.replace([]);
    this.showSeats(this.answer.plan.seats.map(({ seat_id: seatId }) => seatId));
    this.showCounts();
    this.showPanel();
    this.showCountdown(reservation);
    if (reservation.phase === 'held')
      this.stage.announcer.say(`${seatCount(reservation.hold.seat_ids.length)} held for you.`);
    if (reservation.phase === 'booked') this.stage.announcer.say(`Booked. Booking ${reservation.booking.booking_id}.`);
  }

  private failed(failure: ApiFailure): void {
    if (failure.reason === 'SCREENING_CANCELLED') this.update({ ...this.screening, cancelled: true });
    if (this.flow.state.phase === 'none') this.dropTaken(failure);
    this.stage.announcer.warn(explain(failure, this.answer.plan, this.selection.all.length));
  }

  private checkSale(): void {
    const sale = saleAt(this.screening, this.stage.clock.now());
    if (isSameSale(sale, this.sale)) return;
    this.sale = sale;
    if (sale.kind !== 'open' && this.flow.state.phase === 'none') this.selection.replace([]);
    this.showSeats(this.answer.plan.seats.map(({ seat_id: seatId }) => seatId));
    this.showCounts();
    this.showPanel();
  }

  /** The box office may know of taken seats sooner than the map. */
  private dropTaken({ seats }: ApiFailure): void {
    const refused = new Set(seats.map(({ seatId }) => seatId));
    const taken = this.selection.all.filter((id) => refused.has(id) || this.map.stateOf(id) !== 'FREE');
    for (const seatId of taken) this.selection.remove(seatId);
    this.showSeats(taken);
    this.showPanel();
  }

  private showCountdown(reservation: Reservation): void {
    if (!('hold' in reservation)) {
      this.countdown.stop();
      return;
    }
    const { create_time: from, expire_time: to } = reservation.hold;
    const wholeMs = Date.parse(to) - Date.parse(from);
    let wasUrgent = wholeMs < 60_000;
    this.countdown.start(
      to,
      (tick) => {
        this.panel.tick(tick, wholeMs);
        if (tick.isUrgent && !wasUrgent) this.stage.announcer.say('Less than one minute left to book your seats.');
        wasUrgent = tick.isUrgent || wasUrgent;
      },
      () => {
        window.clearTimeout(this.checkTimer);
        const delayMs = to === this.checkedEnd ? CHECK_AGAIN_MS : 0;
        this.checkTimer = window.setTimeout(() => void this.flow.check(), delayMs);
        this.checkedEnd = to;
      },
    );
  }

  private showSeats(seatIds: readonly string[]): void {
    for (const seatId of seatIds) this.stage.drawing.show(seatId, this.lookOf(seatId));
  }

  private lookOf(seatId: string): Look {
    if (this.flow.ownSeatIds.includes(seatId)) return 'mine-held';
    const state = this.map.stateOf(seatId);
    if (state !== 'FREE' && this.flow.booked.includes(seatId)) return 'mine-booked';
    if (state !== 'FREE') return looks[state];
    if (this.sale.kind !== 'open') return 'blocked';
    return this.selection.has(seatId) ? 'chosen' : 'free';
  }

  private showCounts(): void {
    const { plan } = this.answer;
    const free = plan.categories.map(() => 0);
    for (const seat of plan.seats)
      if (this.map.stateOf(seat.seat_id) === 'FREE') free[seat.category] = (free[seat.category] ?? 0) + 1;
    const { sale } = this;
    this.legend.show(sale.kind === 'open' ? free : undefined);
    const words =
      sale.kind === 'open'
        ? [html('strong', { id: 'free-count' }, inDigits(this.map.counts.free)), 'free seats']
        : [html('strong', { class: 'no-sale' }, noSaleTitle(sale))];
    this.stage.availability.replaceChildren(...words);
  }

  /** Seats may still be chosen: whether they can be had, the box office says when it is asked. */
  private showStale(): void {
    const { stale } = this.stage;
    stale.hidden = !this.map.stale && !this.isCutOff;
    const words = this.isCutOff ? 'the box office cannot be reached' : 'the box office is catching up';
    // It is read out when it changes.
    const text = `Last known seats: ${words}.`;
    if (!stale.hidden && stale.textContent !== text) stale.textContent = text;
  }

  private showPanel(): void {
    const { screening } = this;
    const { plan } = this.answer;
    const { state, ownSeatIds } = this.flow;
    const seatsOf = (ids: readonly string[]): PlanSeat[] => plan.seats.filter(({ seat_id: id }) => ids.includes(id));
    this.panel.show({
      reservation: state,
      isBusy: this.flow.busy,
      screening,
      sale: this.sale,
      hallName: plan.name,
      chosen: seatsOf(this.selection.all),
      own: seatsOf(state.phase === 'booked' ? state.booking.seat_ids : ownSeatIds),
      place: (seat) => placeOf(seat, plan),
      colorOf: (seat) => onDark(plan.categories[seat.category]?.color ?? ''),
    });
  }
}

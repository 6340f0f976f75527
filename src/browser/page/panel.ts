import type { Booking, PlanSeat, Screening } from './api-types.js';
import type { Tick } from './countdown.js';
import { button, html } from './html.js';
import type { Reservation } from './reservation-store.js';
import { noSaleHint, noSaleTitle, type NoSale, type Sale } from './sale.js';
import { seatCount, timeOf } from './words.js';

export interface PanelActions {
  remove(seatId: string): void;
  hold(): void;
  confirm(): void;
  extend(): void;
  release(): void;
  retry(): void;
  startOver(): void;
}

export interface PanelContent {
  readonly reservation: Reservation;
  readonly isBusy: boolean;
  readonly screening: Screening;
  readonly sale: Sale;
  readonly hallName: string;
  readonly chosen: readonly PlanSeat[];
  readonly own: readonly PlanSeat[];
  readonly place: (seat: PlanSeat) => string;
  readonly colorOf: (seat: PlanSeat) => string;
}

/** What the viewer has, and what can be done with it. */
export class Panel {
  private time: HTMLOutputElement | undefined;
  private bar: HTMLElement | undefined;
  private box: HTMLElement | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly actions: PanelActions,
  ) {}

  show(content: PanelContent): void {
    this.time = undefined;
    const hadFocus = this.root.contains(document.activeElement);
    this.root.dataset['phase'] = content.reservation.phase;
    this.root.replaceChildren(...this.contents(content));
    // The button that was pressed is gone; whoever uses the keyboard must not begin at the top again.
    if (hadFocus) (this.root.querySelector<HTMLElement>('.action:enabled') ?? this.root).focus();
  }

  /** The time that is left of a hold. */
  tick({ text, isUrgent, leftMs }: Tick, wholeMs: number): void {
    if (this.time !== undefined) this.time.textContent = text;
    if (this.bar !== undefined) this.bar.style.transform = `scaleX(${Math.min(1, leftMs / Math.max(1, wholeMs))})`;
    if (this.box !== undefined) this.box.dataset['urgent'] = String(isUrgent);
  }

  private contents(content: PanelContent): readonly HTMLElement[] {
    const { reservation } = content;
    switch (reservation.phase) {
      case 'none':
        if (content.sale.kind !== 'open') return noSale(content.sale);
        return content.chosen.length === 0 ? invitation(content.screening) : this.choice(content);
      case 'holding':
        return [...holding(content), seats(content), this.waiting(content.isBusy)];
      case 'held':
      case 'checking':
      case 'extending':
      case 'confirming':
      case 'releasing':
        return this.held(content, reservation.phase);
      case 'booked':
        return this.booked(content, reservation.booking);
    }
  }

  private choice(content: PanelContent): readonly HTMLElement[] {
    const chips = content.chosen.map((seat) => {
      const chip = button('', 'chip', () => this.actions.remove(seat.seat_id));
      chip.append(swatch(content.colorOf(seat)), content.place(seat));
      chip.setAttribute('aria-label', `Remove ${content.place(seat)}`);
      return chip;
    });
    const hold = button(`Hold ${seatCount(content.chosen.length)}`, 'action primary', () => this.actions.hold());
    return [
      title(`${seatCount(content.chosen.length)} chosen`),
      html('div', { class: 'chosen' }, ...chips),
      html('div', { class: 'actions' }, hold),
    ];
  }

  private held(
    content: PanelContent,
    phase: 'held' | 'checking' | 'extending' | 'confirming' | 'releasing',
  ): readonly HTMLElement[] {
    const isWaiting = phase !== 'held';
    // A timer: an output's every change would be read out, each second.
    this.time = html('output', { role: 'timer', 'aria-label': 'Time left' });
    this.bar = html('i');
    this.box = html(
      'div',
      { class: 'countdown' },
      hint('Held for you for another'),
      this.time,
      html('div', { class: 'bar', 'aria-hidden': 'true' }, this.bar),
    );
    if (isWaiting && !content.isBusy) return [this.box, seats(content), this.waiting(false)];
    const actions = html(
      'div',
      { class: 'actions' },
      button(
        phase === 'confirming' ? 'Booking …' : `Book ${seatCount(content.own.length)}`,
        'action primary',
        () => this.actions.confirm(),
        isWaiting,
      ),
      button('More time', 'action', () => this.actions.extend(), isWaiting),
      button('Give back', 'action', () => this.actions.release(), isWaiting),
    );
    return [this.box, seats(content), actions];
  }

  private booked(content: PanelContent, booking: Booking): readonly HTMLElement[] {
    const places = content.own.map((seat) => html('li', {}, content.place(seat)));
    const id = html('p', { class: 'id' }, 'Booking', html('code', { 'data-testid': 'booking-id' }, booking.booking_id));
    const ticket = html(
      'div',
      { class: 'ticket' },
      html(
        'div',
        {},
        html('h4', {}, content.screening.title),
        html('p', {}, `${timeOf(content.screening)} · ${content.hallName}`),
      ),
      html('ul', { class: 'seats' }, ...places),
      id,
    );
    const again = html(
      'div',
      { class: 'actions' },
      button(content.sale.kind === 'open' ? 'Book more seats' : 'Done', 'action primary', () =>
        this.actions.startOver(),
      ),
    );
    const heading = content.sale.kind === 'cancelled' ? noSale(content.sale) : [title('Booked. Enjoy the film!')];
    return [...heading, ticket, again];
  }

  /** A step under way; or one that nobody knows the outcome of. */
  private waiting(isBusy: boolean): HTMLElement {
    const label = isBusy ? 'One moment …' : 'Try again';
    return html(
      'div',
      { class: 'actions' },
      button(label, 'action primary', () => this.actions.retry(), isBusy),
    );
  }
}

/** Without an answer nobody knows whether they are held. */
const holding = ({ own, isBusy }: PanelContent): readonly HTMLElement[] =>
  isBusy
    ? [title(`Holding ${seatCount(own.length)}`)]
    : [title('No answer yet'), hint('Try again to hear whether you have:')];

const noSale = (sale: NoSale): readonly HTMLElement[] => [title(noSaleTitle(sale)), hint(noSaleHint(sale))];

function invitation({ max_seats_per_request: most }: Screening): readonly HTMLElement[] {
  const text = hint(`Pick them in the hall${most === null ? '' : `, up to ${seatCount(most)} at a time`}.`);
  text.append(html('span', {}, ' Nothing is taken until you hold them.'));
  return [title('Choose your seats'), text];
}

const title = (text: string): HTMLElement => html('h3', {}, text);
const hint = (text: string): HTMLElement => html('p', { class: 'hint' }, text);

function seats({ own, place, colorOf }: PanelContent): HTMLElement {
  return html(
    'ul',
    { class: 'chosen' },
    ...own.map((seat) => html('li', { class: 'chip' }, swatch(colorOf(seat)), place(seat))),
  );
}

function swatch(color: string): HTMLElement {
  const element = html('span', { class: 'swatch', 'aria-hidden': 'true' });
  element.style.setProperty('--category', color);
  return element;
}

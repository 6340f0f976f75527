import type { ListedScreening } from './api-types.js';
import { html } from './html.js';
import { noSaleTitle, saleAt } from './sale.js';
import type { ServerClock } from './server-clock.js';
import { inDigits, momentWords, seatCount, timeOf } from './words.js';

/** The programme: one button per screening. */
export class ScreeningList {
  constructor(
    private readonly root: HTMLElement,
    private readonly clock: ServerClock,
    private readonly onChoose: (screeningId: string) => void,
  ) {}

  show(screenings: readonly ListedScreening[], currentId: string | undefined): void {
    // Replacing the buttons would take the focus away from the one that has it.
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset['screeningId'] : undefined;
    this.root.replaceChildren(...screenings.map((screening) => this.item(screening, currentId)));
    if (focused !== undefined) this.find(focused)?.focus();
  }

  /** Brings a screening's button into view, without moving the page. */
  reveal(screeningId: string): void {
    this.find(screeningId)?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }

  /** What is known of one screening sooner than of the others. */
  showFree(screening: ListedScreening): void {
    const button = this.find(screening.screening_id);
    button?.querySelector('.left')?.replaceChildren(this.freeWords(screening));
    const meter = button?.querySelector<HTMLElement>('.meter i') ?? undefined;
    if (meter !== undefined) meter.style.width = this.freeWidth(screening);
  }

  private find(screeningId: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`[data-screening-id="${CSS.escape(screeningId)}"]`);
  }

  private item(screening: ListedScreening, currentId: string | undefined): HTMLElement {
    const meter = html('i');
    meter.style.width = this.freeWidth(screening);
    const choose = html(
      'button',
      {
        type: 'button',
        class: 'screening',
        'aria-current': String(screening.screening_id === currentId),
        title: screening.title,
      },
      html('span', { class: 'when' }, timeOf(screening)),
      html('span', { class: 'title' }, screening.title),
      html('span', { class: 'left' }, this.freeWords(screening)),
      html('span', { class: 'meter', 'aria-hidden': 'true' }, meter),
    );
    choose.dataset['screeningId'] = screening.screening_id;
    choose.addEventListener('click', () => this.onChoose(screening.screening_id));
    return html('li', {}, choose);
  }

  private freeWidth(screening: ListedScreening): string {
    const { counts, capacity } = screening;
    const isOpen = saleAt(screening, this.clock.now()).kind === 'open';
    return `${isOpen ? (100 * (counts?.free ?? 0)) / Math.max(1, capacity) : 0}%`;
  }

  private freeWords(screening: ListedScreening): string {
    const { counts, capacity } = screening;
    const sale = saleAt(screening, this.clock.now());
    if (sale.kind === 'not-open') return `On sale ${momentWords(sale.opensAt, false)}`;
    if (sale.kind !== 'open') return noSaleTitle(sale);
    if (counts === null) return seatCount(capacity);
    return counts.free === 0 ? 'Sold out' : `${inDigits(counts.free)} of ${seatCount(capacity)} free`;
  }
}

import type { Plan } from './api-types.js';
import { onDark } from './category-color.js';
import { html } from './html.js';
import { lookWords, seatPicture, setLook, type Look } from './seat-look.js';
import { svg } from './svg.js';
import { inDigits } from './words.js';

/** The categories with their colours and free seats; choosing one dims the others. */
export class Legend {
  private readonly counters: HTMLElement[];
  private highlighted: number | undefined;

  constructor(root: HTMLElement, plan: Plan, onHighlight: (category: number | undefined) => void) {
    this.counters = plan.categories.map(() => html('span', { class: 'left' }));
    const buttons = plan.categories.map(({ name, color }, category) => {
      const button = html(
        'button',
        { type: 'button', 'aria-pressed': 'false' },
        html('span', { class: 'swatch' }),
        name,
        this.counters[category] ?? '',
      );
      button.style.setProperty('--category', onDark(color));
      button.addEventListener('click', () => {
        this.highlighted = this.highlighted === category ? undefined : category;
        for (const [other, element] of buttons.entries())
          element.setAttribute('aria-pressed', String(other === this.highlighted));
        onHighlight(this.highlighted);
      });
      return button;
    });
    root.replaceChildren(...buttons.map((button) => html('li', {}, button)));
  }

  /** Free seats by category; undefined when none is on sale. */
  show(free: readonly number[] | undefined): void {
    for (const [category, counter] of this.counters.entries())
      counter.textContent = free === undefined ? '' : `${inDigits(free[category] ?? 0)} free`;
  }
}

/** What the marks on seats mean. */
export function showKey(root: HTMLElement, hasWheelchairPlaces: boolean): void {
  const looks: readonly Look[] = ['free', 'chosen', 'mine-held', 'held', 'booked', 'mine-booked', 'blocked'];
  const items = looks.map((look) => item(look, false, lookWords[look]));
  root.replaceChildren(...items, ...(hasWheelchairPlaces ? [item('free', true, 'wheelchair place')] : []));
}

function item(look: Look, isWheelchair: boolean, words: string): HTMLElement {
  const seat = svg('g', { class: isWheelchair ? 'seat wheelchair' : 'seat' }, ...seatPicture('', isWheelchair));
  setLook(seat, look);
  return html('li', {}, svg('svg', { viewBox: '-11 -11 22 22', 'aria-hidden': 'true' }, seat), words);
}

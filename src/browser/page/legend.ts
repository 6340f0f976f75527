import type { Plan } from './api-types.js';
import { onDark } from './category-color.js';
import { html } from './html.js';
import { lookWords, seatPicture, setLook, type Look } from './seat-look.js';
import { svg } from './svg.js';
import { inDigits } from './words.js';

/** The categories with their colours and free seats. Where there are several, pressing one picks out its seats. */
export class Legend {
  private readonly counters: HTMLElement[];
  private readonly chips: HTMLElement[];
  private pressed: number | undefined;

  constructor(
    root: HTMLElement,
    { categories }: Plan,
    private readonly onHighlight: (category: number | undefined) => void,
  ) {
    this.counters = categories.map(() => html('span', { class: 'left' }));
    this.chips = categories.map(({ name, color }, category) => {
      const content = [html('span', { class: 'swatch', 'aria-hidden': 'true' }), name, this.counters[category] ?? ''];
      const chip =
        categories.length > 1
          ? this.chipButton(name, category, content)
          : html('span', { class: 'category' }, ...content);
      chip.style.setProperty('--category', onDark(color));
      return chip;
    });
    root.replaceChildren(...this.chips.map((chip) => html('li', {}, chip)));
  }

  /** Free seats by category; undefined when none is on sale. */
  show(free: readonly number[] | undefined): void {
    for (const [category, counter] of this.counters.entries())
      counter.textContent = free === undefined ? '' : `${inDigits(free[category] ?? 0)} free`;
  }

  private chipButton(name: string, category: number, content: readonly (Node | string)[]): HTMLElement {
    const attributes = { type: 'button', class: 'category', title: `Pick out ${name}`, 'aria-pressed': 'false' };
    const chip = html('button', attributes, ...content);
    chip.addEventListener('click', () => {
      this.pressed = this.pressed === category ? undefined : category;
      for (const [other, element] of this.chips.entries())
        element.setAttribute('aria-pressed', String(other === this.pressed));
      this.onHighlight(this.pressed);
    });
    return chip;
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

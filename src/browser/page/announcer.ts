import { button } from './html.js';

/** Says things: to screen readers (polite), or to everyone in a box that stays until it is closed. */
export class Announcer {
  constructor(
    private readonly region: HTMLElement,
    private readonly problem: HTMLElement,
  ) {}

  say(text: string): void {
    this.region.textContent = text;
  }

  /** Replaces the problem before. */
  warn(text: string): void {
    const close = button('×', '', () => this.clear());
    close.setAttribute('aria-label', 'Close this message');
    const words = document.createElement('span');
    words.textContent = text;
    this.problem.replaceChildren(words, close);
    this.problem.hidden = false;
  }

  clear(): void {
    this.problem.hidden = true;
    this.problem.replaceChildren();
  }
}

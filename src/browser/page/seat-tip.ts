/** From the seat, and from the edges of the hall. */
const GAP_PX = 6;

/**
 * Says beside a seat which one it is and how it is: where the mouse is, or the
 * keyboard. For eyes only; screen readers read the seat itself.
 */
export class SeatTip {
  /** The seat may be sold while the mouse is on it. */
  private readonly changes = new MutationObserver(([change]) => this.show(change?.target ?? null));

  /** Listens as long as the elements live. @param tip lies over the hall and is placed in `box`. */
  constructor(
    private readonly tip: HTMLElement,
    private readonly box: HTMLElement,
    hall: SVGSVGElement,
  ) {
    hall.addEventListener('pointerover', ({ target, pointerType }) => {
      if (pointerType !== 'touch') this.show(target);
    });
    hall.addEventListener('focusin', ({ target }) => {
      if (target instanceof Element && target.matches(':focus-visible')) this.show(target);
    });
    hall.addEventListener('pointerout', () => this.hide());
    hall.addEventListener('focusout', () => this.hide());
  }

  /** To be called when seats have moved, too. */
  hide(): void {
    this.changes.disconnect();
    this.tip.hidden = true;
  }

  private show(target: EventTarget | null): void {
    this.hide();
    const seat = target instanceof Element ? target.closest('.seat') : null;
    if (seat === null) return;
    this.changes.observe(seat, { attributeFilter: ['aria-label'] });
    this.tip.textContent = seat.getAttribute('aria-label');
    this.tip.hidden = false;
    this.place(seat.getBoundingClientRect(), this.box.getBoundingClientRect());
  }

  /** Above the seat, or below where there is no room. */
  private place(seat: DOMRect, box: DOMRect): void {
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const left = seat.left + seat.width / 2 - width / 2 - box.left;
    const above = seat.top - box.top - height - GAP_PX;
    const top = above < GAP_PX ? seat.bottom - box.top + GAP_PX : above;
    this.tip.style.left = `${Math.max(GAP_PX, Math.min(left, box.width - width - GAP_PX))}px`;
    this.tip.style.top = `${top}px`;
  }
}

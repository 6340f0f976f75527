import type { Plan, PlanSeat } from './api-types.js';
import { onDark } from './category-color.js';
import type { Crowd } from './crowd.js';
import { hallGeometry, isIn, type Box, type HallGeometry } from './hall-geometry.js';
import { hallScenery } from './hall-scenery.js';
import { lookWords, seatPicture, setLook, type Look } from './seat-look.js';
import { svg } from './svg.js';
import { placeOf } from './words.js';

/** Half the side of the square that seat pictures are drawn in. */
const PICTURE = 10;
/**
 * Most seats that are elements at a time. Every step of zooming lays all of them out:
 * 10,000 take a fast computer a quarter of a second, 200,000 six.
 */
const ELEMENTS_MAX = 5_000;

/**
 * The hall as SVG. A seat is an element: all of them for as long as the hall is shown,
 * or in a larger hall those in sight, which from afar are a crowd of dots instead.
 */
export class HallDrawing {
  readonly geometry: HallGeometry;
  private readonly seats = new Map<string, PlanSeat>();
  private readonly looks = new Map<string, Look>();
  /** Of the seats that are drawn, in the order of the drawing. */
  private readonly elements = new Map<string, SVGGElement>();
  private readonly group = svg('g', { class: 'seats' });
  private readonly colors: readonly string[];
  private readonly isLarge: boolean;
  private highlighted: number | undefined;
  private visible: Box;

  constructor(
    private readonly root: SVGSVGElement,
    private readonly crowd: Crowd,
    private readonly plan: Plan,
  ) {
    this.geometry = hallGeometry(plan);
    this.visible = this.geometry.bounds;
    this.colors = plan.categories.map(({ color }) => onDark(color));
    this.isLarge = plan.seats.length > ELEMENTS_MAX;
    for (const seat of plan.seats) this.seats.set(seat.seat_id, seat);
    if (!this.isLarge) this.draw(plan.seats);
    this.highlight(undefined);
    root.replaceChildren(...hallScenery(this.geometry), this.group);
  }

  /** This part of the plan is in sight. */
  look(visible: Box): void {
    this.visible = visible;
    if (this.isLarge) {
      const seats = this.plan.seats.filter((seat) => isIn(visible, seat, this.geometry.pitch));
      this.draw(seats.length > ELEMENTS_MAX ? [] : seats);
    }
    this.showCrowd();
  }

  /** Its seats are dots, none of which can be chosen. */
  get isCrowd(): boolean {
    return this.elements.size === 0;
  }

  /** The seat an event happened on. */
  seatAt(target: EventTarget | null): PlanSeat | undefined {
    const element = target instanceof Element ? target.closest('.seat') : null;
    return element instanceof SVGElement ? this.seats.get(element.dataset['seatId'] ?? '') : undefined;
  }

  /** Undefined while it is not drawn. */
  elementOf(seatId: string): SVGGElement | undefined {
    return this.elements.get(seatId);
  }

  /** Shows how a seat is now, to eyes and to screen readers. */
  show(seatId: string, look: Look): void {
    const seat = this.seats.get(seatId);
    if (seat === undefined || this.looks.get(seatId) === look) return;
    this.looks.set(seatId, look);
    const element = this.elements.get(seatId);
    if (element !== undefined) this.dress(element, seat, look);
    else if (this.isCrowd) this.crowd.changed();
  }

  /** Dims every seat of another category; undefined shows all. */
  highlight(category: number | undefined): void {
    this.highlighted = category;
    this.root.toggleAttribute('data-highlight', category !== undefined);
    for (const [seatId, element] of this.elements)
      element.classList.toggle('highlight', this.seats.get(seatId)?.category === category);
    this.showCrowd();
  }

  /** These seats, and no others, become elements. */
  private draw(seats: readonly PlanSeat[]): void {
    const wanted = new Set(seats);
    for (const [seatId, element] of this.elements) {
      const seat = this.seats.get(seatId);
      if (seat !== undefined && wanted.has(seat)) continue;
      element.remove();
      this.elements.delete(seatId);
    }
    const added = seats.filter(({ seat_id: seatId }) => !this.elements.has(seatId));
    this.group.append(...added.map((seat) => this.drawSeat(seat)));
  }

  private showCrowd(): void {
    this.root.dataset['crowd'] = String(this.isCrowd);
    if (!this.isCrowd) {
      this.crowd.hide();
      return;
    }
    this.crowd.show({
      visible: this.visible,
      pitch: this.geometry.pitch,
      seats: this.plan.seats,
      dotOf: (seat) => ({
        look: this.looks.get(seat.seat_id) ?? 'free',
        color: this.colors[seat.category] ?? '',
        isDimmed: this.highlighted !== undefined && seat.category !== this.highlighted,
      }),
    });
  }

  private drawSeat(seat: PlanSeat): SVGGElement {
    const scale = this.geometry.pitch / (2 * PICTURE);
    const element = svg(
      'g',
      {
        class: seat.wheelchair ? 'seat wheelchair' : 'seat',
        transform: `translate(${seat.x} ${seat.y}) scale(${scale})`,
        role: 'checkbox',
        tabindex: -1,
      },
      ...seatPicture(seat.number, seat.wheelchair),
    );
    element.dataset['seatId'] = seat.seat_id;
    element.style.setProperty('--category', this.colors[seat.category] ?? '');
    element.classList.toggle('highlight', seat.category === this.highlighted);
    const look = this.looks.get(seat.seat_id);
    if (look !== undefined) this.dress(element, seat, look);
    this.elements.set(seat.seat_id, element);
    return element;
  }

  private dress(element: SVGGElement, seat: PlanSeat, look: Look): void {
    setLook(element, look);
    element.setAttribute('aria-checked', String(look === 'chosen' || look.startsWith('mine')));
    element.setAttribute('aria-disabled', String(look !== 'free' && look !== 'chosen'));
    element.setAttribute('aria-label', this.labelOf(seat, look));
  }

  private labelOf(seat: PlanSeat, look: Look): string {
    const category = this.plan.categories[seat.category]?.name;
    return [placeOf(seat, this.plan), category, seat.wheelchair ? 'wheelchair place' : undefined, lookWords[look]]
      .filter((word) => word !== undefined)
      .join(', ');
  }
}

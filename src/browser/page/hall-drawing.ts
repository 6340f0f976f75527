import type { Plan, PlanSeat } from './api-types.js';
import { onDark } from './category-color.js';
import { hallGeometry, type HallGeometry } from './hall-geometry.js';
import { lookWords, seatPicture, setLook, type Look } from './seat-look.js';
import { svg } from './svg.js';
import { placeOf } from './words.js';

/** Half the side of the square that seat pictures are drawn in. */
const PICTURE = 10;

/** The hall as SVG: drawn once per plan, then only looks change. */
export class HallDrawing {
  readonly geometry: HallGeometry;
  private readonly elements = new Map<string, SVGGElement>();
  private readonly seats = new Map<string, PlanSeat>();

  constructor(
    private readonly root: SVGSVGElement,
    private readonly plan: Plan,
  ) {
    this.geometry = hallGeometry(plan);
    const { pitch } = this.geometry;
    const seats = svg('g', { class: 'seats' });
    for (const seat of plan.seats) seats.append(this.drawSeat(seat));
    const rowLabel = { class: 'row-label', 'font-size': pitch * 0.46 };
    // Halls of several zones are large: their names must be legible when all of it is shown.
    const zoneLabel = { class: 'zone-label', 'font-size': Math.max(pitch * 0.85, this.geometry.bounds.width * 0.014) };
    this.highlight(undefined);
    root.replaceChildren(
      ...this.drawFocus(),
      ...this.geometry.rowLabels.map(({ text, x, y }) =>
        svg('text', { ...rowLabel, x, y, 'aria-hidden': 'true' }, text),
      ),
      ...this.geometry.zoneLabels.map(({ text, x, y }) =>
        svg('text', { ...zoneLabel, x, y, 'aria-hidden': 'true' }, text),
      ),
      seats,
    );
  }

  /** The seat an event happened on. */
  seatAt(target: EventTarget | null): PlanSeat | undefined {
    const element = target instanceof Element ? target.closest('.seat') : null;
    return element instanceof SVGElement ? this.seats.get(element.dataset['seatId'] ?? '') : undefined;
  }

  elementOf(seatId: string): SVGGElement | undefined {
    return this.elements.get(seatId);
  }

  /** Shows how a seat is now, to eyes and to screen readers. */
  show(seatId: string, look: Look): void {
    const element = this.elements.get(seatId);
    const seat = this.seats.get(seatId);
    if (element === undefined || seat === undefined || element.dataset['look'] === look) return;
    setLook(element, look);
    element.setAttribute('aria-checked', String(look === 'chosen' || look.startsWith('mine')));
    element.setAttribute('aria-disabled', String(look !== 'free' && look !== 'chosen'));
    element.setAttribute('aria-label', this.labelOf(seat, look));
  }

  /** Dims every seat of another category; undefined shows all. */
  highlight(category: number | undefined): void {
    this.root.toggleAttribute('data-highlight', category !== undefined);
    for (const [seatId, element] of this.elements)
      element.classList.toggle('highlight', this.seats.get(seatId)?.category === category);
  }

  private labelOf(seat: PlanSeat, look: Look): string {
    const category = this.plan.categories[seat.category]?.name;
    return [placeOf(seat, this.plan), category, seat.wheelchair ? 'wheelchair place' : undefined, lookWords[look]]
      .filter((word) => word !== undefined)
      .join(', ');
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
    element.style.setProperty('--category', onDark(this.plan.categories[seat.category]?.color ?? '#888888'));
    this.elements.set(seat.seat_id, element);
    this.seats.set(seat.seat_id, seat);
    return element;
  }

  private drawFocus(): SVGElement[] {
    const { focus, pitch } = this.geometry;
    const { x, y, width, height } = focus.box;
    const label = (text: string, labelY: number, size: number): SVGElement =>
      svg(
        'text',
        { class: 'place-label', x: x + width / 2, y: labelY, 'font-size': size, 'aria-hidden': 'true' },
        text,
      );
    if (focus.kind === 'stage') {
      return [
        svg('rect', { class: 'stage', x, y, width, height, rx: pitch }),
        label('Stage', y + height / 2, Math.max(pitch * 0.56, height * 0.26)),
      ];
    }
    const bend = focus.kind === 'screen-above' ? -pitch * 0.9 : pitch * 0.9;
    const away = focus.kind === 'screen-above' ? pitch * 3 : -pitch * 3;
    const light = svg('linearGradient', { id: 'light', x1: 0, x2: 0, y1: bend < 0 ? 0 : 1, y2: bend < 0 ? 1 : 0 });
    light.append(
      svg('stop', { 'stop-color': '#fff4d9' }),
      svg('stop', { offset: 1, 'stop-color': '#fff4d9', 'stop-opacity': 0 }),
    );
    const curve = `M${x} ${y} Q${x + width / 2} ${y + bend * 1.4} ${x + width} ${y}`;
    return [
      svg('defs', {}, light),
      svg('path', {
        class: 'screen-light',
        fill: 'url(#light)',
        d: `${curve} L${x + width * 1.04} ${y + away} H${x - width * 0.04} Z`,
      }),
      svg('path', { class: 'screen-line', 'stroke-width': pitch * 0.14, d: curve }),
      label('Screen', y + bend * 1.3 + (bend < 0 ? -pitch * 0.25 : pitch * 0.25), pitch * 0.56),
    ];
  }
}

import type { HallGeometry, Label } from './hall-geometry.js';
import { svg } from './svg.js';

/** What there is around the seats: the screen or stage, and the names of rows and zones. */
export function hallScenery(geometry: HallGeometry): SVGElement[] {
  const { bounds, pitch, rowLabels, zoneLabels } = geometry;
  const name =
    (className: string, size: number) =>
    ({ text, x, y }: Label): SVGElement =>
      svg('text', { class: className, 'font-size': size, x, y, 'aria-hidden': 'true' }, text);
  return [
    ...focusOf(geometry),
    ...rowLabels.map(name('row-label', pitch * 0.46)),
    // Halls of several zones are large: their names must be legible when all of it is shown.
    ...zoneLabels.map(name('zone-label', Math.max(pitch * 0.85, bounds.width * 0.014))),
  ];
}

function focusOf({ focus, pitch }: HallGeometry): SVGElement[] {
  const { x, y, width, height } = focus.box;
  const label = (text: string, labelY: number, size: number): SVGElement =>
    svg('text', { class: 'place-label', x: x + width / 2, y: labelY, 'font-size': size, 'aria-hidden': 'true' }, text);
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

import { svg } from './svg.js';

/** How a seat looks to this viewer: its state, and whether it is theirs. */
export type Look = 'free' | 'chosen' | 'held' | 'booked' | 'blocked' | 'mine-held' | 'mine-booked';

export const lookWords: Readonly<Record<Look, string>> = {
  free: 'free',
  chosen: 'chosen by you',
  held: 'held by someone else',
  booked: 'booked',
  blocked: 'not on sale',
  'mine-held': 'held for you',
  'mine-booked': 'booked by you',
};

/** Marks say without colour what a seat's colour says. In a square from -10 to 10. */
const marks: Readonly<Record<Look, string>> = {
  free: '',
  chosen: 'M-4.500 0.500 L-1.300 3.600 L4.800 -3.400',
  held: 'M0 -4.200 V0.300 L3 2.600',
  booked: 'M-3.200 -3.200 L3.200 3.200 M3.200 -3.200 L-3.200 3.200',
  blocked: 'M-3.500 0 H3.500',
  'mine-held': 'M-4.500 0.500 L-1.300 3.600 L4.800 -3.400',
  'mine-booked': 'M-4.500 0.500 L-1.300 3.600 L4.800 -3.400',
};

const WHEELCHAIR =
  'M-1.500 -6.500 h0.010 M-1.500 -3.600 V1.500 H3.200 L5 5.600 M-1.500 -1.200 H2.600 M-3.300 -0.600 A4.300 4.300 0 1 0 3 4.200';

/** A seat from above: straight towards the screen, its back rounded. */
const BODY =
  'M-8.500 -6 Q-8.500 -8.500 -6 -8.500 H6 Q8.500 -8.500 8.500 -6 V2 Q8.500 8.500 2 8.500 H-2 Q-8.500 8.500 -8.500 2 Z';

/** The picture of a seat in a square from -10 to 10; setLook() changes it. */
export function seatPicture(number: string, isWheelchair: boolean): SVGElement[] {
  const body = svg('path', { class: 'body', d: BODY });
  const mark = svg('path', { class: 'mark', d: isWheelchair ? WHEELCHAIR : '', 'stroke-width': 1.8 });
  return isWheelchair
    ? [body, mark]
    : [body, mark, svg('text', { y: -0.3, 'font-size': number.length > 2 ? 6.5 : 8 }, number)];
}

export function setLook(seat: SVGElement, look: Look): void {
  seat.dataset['look'] = look;
  const isWheelchair = seat.classList.contains('wheelchair');
  const mark = look === 'free' && isWheelchair ? WHEELCHAIR : marks[look];
  seat.querySelector('.mark')?.setAttribute('d', mark);
}

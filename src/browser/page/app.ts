import { Announcer } from './announcer.js';
import { api, ApiFailure } from './api-client.js';
import type { ListedScreening, PlanSeat, SeatMapAnswer } from './api-types.js';
import { BookingView } from './booking-view.js';
import { Crowd } from './crowd.js';
import { HallDrawing } from './hall-drawing.js';
import { byId } from './html.js';
import { showKey } from './legend.js';
import { LiveConnection, type ConnectionState } from './live-connection.js';
import { PanZoom } from './pan-zoom.js';
import { ScreeningList } from './screening-list.js';
import { SeatKeyboard } from './seat-keyboard.js';
import { SeatTip } from './seat-tip.js';
import { ServerClock } from './server-clock.js';
import { timeOf } from './words.js';

/** How often the programme's free seats are asked for; the chosen screening's are live. */
const PROGRAMME_EVERY_MS = 20_000;
/** Most screenings of the programme, the soonest: nobody looks through more, and the server looks at each one's seats. */
const PROGRAMME_MAX = 200;

/** With the next look at the programme. */
const askedAgain = 'This page asks again by itself.';

const connectionWords: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  waiting: 'Connection lost, trying again',
  failed: 'Not connected',
};

const parameters = new URLSearchParams(window.location.search);
const holdTtlSeconds = positiveNumber(parameters.get('hold_ttl_seconds'));
const hall = byId('hall', SVGSVGElement);
const crowd = new Crowd(byId('crowd', HTMLCanvasElement));
const viewport = byId('viewport', HTMLElement);
const tip = new SeatTip(byId('tip', HTMLElement), viewport, hall);
const zoomOut = byId('zoom-out', HTMLButtonElement);
const zoomFit = byId('zoom-fit', HTMLButtonElement);
const booking = byId('booking', HTMLElement);
const empty = byId('empty', HTMLElement);
const announcer = new Announcer(byId('announcer', HTMLElement), byId('problem', HTMLElement));
const clock = new ServerClock();
const programme = new ScreeningList(byId('screenings', HTMLElement), clock, (id) => void show(id));
const panZoom = new PanZoom(hall, { x: 0, y: 0, width: 1, height: 1 }, 1, () => {
  const isWhole = hall.dataset['zoomed'] !== 'true';
  zoomOut.disabled = isWhole;
  zoomFit.disabled = isWhole;
  tip.hide();
  current?.drawing?.look(panZoom.visible);
  keyboard.seatsDrawn();
});

let screenings: readonly ListedScreening[] = [];
let current:
  | {
      readonly id: string;
      /** It could not be asked for. */
      hasFailed?: boolean;
      view?: BookingView;
      drawing?: HallDrawing;
      connection?: LiveConnection;
    }
  | undefined;

const keyboard = new SeatKeyboard(
  hall,
  (seat) => current?.view?.toggle(seat),
  (seat) => (current?.drawing?.isCrowd === true ? panZoom.comeCloser(seat) : panZoom.reveal(seat.x, seat.y)),
);

hall.addEventListener('click', (event) => {
  if (panZoom.wasDragged) return;
  const seat = current?.drawing?.seatAt(event.target);
  const isTooFar = (isFinger(event) && panZoom.isFar) || current?.drawing?.isCrowd === true;
  if (isTooFar) panZoom.comeCloser(panZoom.placeAt(event));
  else if (seat !== undefined) current?.view?.toggle(seat);
});
byId('zoom-in', HTMLButtonElement).addEventListener('click', () => panZoom.zoomIn());
zoomOut.addEventListener('click', () => panZoom.zoomOut());
zoomFit.addEventListener('click', () => panZoom.fit());

await refreshProgramme();
window.setInterval(() => void refreshProgramme(), PROGRAMME_EVERY_MS);

/** Shows a screening, live. The one before is left. */
async function show(screeningId: string): Promise<void> {
  if (current?.id === screeningId && current.view !== undefined) return;
  current?.connection?.close();
  current?.view?.close();
  const mine: NonNullable<typeof current> = { id: screeningId };
  current = mine;
  announcer.clear();
  // The one before is no longer live: nothing can be done with it until this one is there.
  booking.inert = true;
  programme.show(screenings, screeningId);
  programme.reveal(screeningId);
  let answer: SeatMapAnswer;
  try {
    answer = await api.seatMap(screeningId);
  } catch (error) {
    const isUnknown = error instanceof ApiFailure && error.code === 'NOT_FOUND';
    if (current !== mine) return;
    mine.hasFailed = !isUnknown;
    booking.hidden = true;
    showConnection(undefined);
    tell(isUnknown ? 'There is no such screening.' : `The hall cannot be shown just now. ${askedAgain}`);
    return;
  }
  // Another one may have been chosen meanwhile.
  if (current === mine) open(mine, answer);
}

function open(mine: NonNullable<typeof current>, answer: SeatMapAnswer): void {
  const { screening, plan } = answer;
  rememberInAddress(screening.screening_id);
  byId('screening-title', HTMLElement).textContent = screening.title;
  byId('screening-facts', HTMLElement).textContent = `${timeOf(screening)} · ${plan.name}`;
  document.title = `${screening.title}: choose your seats`;
  booking.hidden = false;
  booking.inert = false;
  tell(undefined);
  const drawing = new HallDrawing(hall, crowd, plan);
  mine.drawing = drawing;
  const { bounds, pitch } = drawing.geometry;
  viewport.style.setProperty('--aspect', String(bounds.width / bounds.height));
  keyboard.setHall(drawing, readingOrder(plan.seats));
  panZoom.setBounds(bounds, pitch);
  showKey(
    byId('key', HTMLElement),
    plan.seats.some(({ wheelchair }) => wheelchair),
  );
  const view = new BookingView(answer, {
    drawing,
    legend: byId('legend', HTMLElement),
    panel: byId('panel', HTMLElement),
    availability: byId('availability', HTMLElement),
    stale: byId('stale', HTMLElement),
    announcer,
    clock,
    holdTtlSeconds,
  });
  const connection = new LiveConnection(screening.screening_id, answer.resume_token, answer.progress_interval_ms ?? 0, {
    state(state) {
      showConnection(state);
      view.connection(state);
    },
    frame(frame) {
      if (view.apply(frame) === 'gap') connection.restart();
      const listed = screenings.find(({ screening_id: id }) => id === screening.screening_id);
      if (listed !== undefined) programme.showFree({ ...listed, counts: view.counts });
    },
  });
  Object.assign(mine, { view, connection });
  connection.open();
  void view.open();
}

async function refreshProgramme(): Promise<void> {
  let otherwise = 'Nothing is on just now.';
  try {
    screenings = await upcomingScreenings();
    programme.show(screenings, current?.id);
    const shown = screenings.find(({ screening_id: id }) => id === current?.id);
    if (shown !== undefined) current?.view?.update(shown);
  } catch {
    // Old numbers are better than none; without any, say so.
    otherwise = `The programme cannot be shown just now. ${askedAgain}`;
  }
  if (current === undefined) await showFirst(otherwise);
  else if (current.hasFailed === true) await show(current.id);
}

/** The screening of the address, or else the soonest that takes place. */
async function showFirst(otherwise: string): Promise<void> {
  const wanted = parameters.get('screening_id') ?? screenings.find(({ cancelled }) => !cancelled)?.screening_id;
  if (wanted !== undefined) {
    await show(wanted);
    return;
  }
  showConnection(undefined);
  tell(otherwise);
}

async function upcomingScreenings(): Promise<readonly ListedScreening[]> {
  const listed: ListedScreening[] = [];
  let pageToken = '';
  do {
    const page = await api.upcomingScreenings(pageToken);
    listed.push(...page.screenings);
    pageToken = page.next_page_token;
  } while (pageToken !== '' && listed.length < PROGRAMME_MAX);
  return listed.slice(0, PROGRAMME_MAX);
}

/** Undefined: nothing is shown that could be live. */
function showConnection(state: ConnectionState | undefined): void {
  const element = byId('connection', HTMLElement);
  element.hidden = state === undefined;
  if (state === undefined) return;
  element.dataset['state'] = state;
  if (element.textContent !== connectionWords[state]) element.textContent = connectionWords[state];
}

function tell(text: string | undefined): void {
  empty.hidden = text === undefined;
  empty.textContent = text ?? '';
}

/** A reload shows the same screening. */
function rememberInAddress(screeningId: string): void {
  const url = new URL(window.location.href);
  url.searchParams.set('screening_id', screeningId);
  window.history.replaceState(null, '', url);
}

function readingOrder(seats: readonly PlanSeat[]): PlanSeat[] {
  return [...seats].sort((a, b) => a.y - b.y || a.x - b.x);
}

function isFinger(event: Event): boolean {
  return event instanceof PointerEvent && event.pointerType === 'touch';
}

function positiveNumber(text: string | null): number | undefined {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { chromium, type Browser } from 'playwright-core';
import { findOrInstallChromium } from '../../src/setup/chromium.mjs';
import { call, connectBoxOffice, requestId, type BoxOfficeClient } from '../support/box-office-client.js';
import { eventually } from '../support/eventually.js';
import { createScreening, hold } from '../support/journey.js';
import { startNode, type TestNode } from '../support/node.js';
import { crashPostgres, restartPostgres } from '../support/postgres.js';
import { CuttableProxy } from '../support/cuttable-proxy.js';
import { SeatPage, type SeatPageOptions } from './support/seat-page.js';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const tooBusy = { code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED', message: 'too many commands are waiting' };
const smallPhone = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Each case has a screening or a row of its own; they share a node and a browser, which take seconds to start. */
const small = 'zal-10-tonight';
const late = 'zal-10-late';
const big = 'riethsporthalle-premiere';

describe('the seat page', function () {
  this.timeout(60_000);
  this.slow(5_000);

  let node: TestNode;
  let client: BoxOfficeClient;
  let browser: Browser;
  let pages: SeatPage[] = [];
  let proxies: CuttableProxy[] = [];
  before(async () => {
    node = await startNode();
    client = connectBoxOffice(node.grpcAddress);
    browser = await chromium.launch({ executablePath: findOrInstallChromium(), args: flags });
  });
  afterEach(async () => {
    const faults = pages.flatMap((page) => page.faults);
    await Promise.all(pages.map((page) => page.close()));
    pages = [];
    await Promise.all(proxies.map((proxy) => proxy.close()));
    proxies = [];
    expect(faults).to.deep.equal([]);
  });
  after(async () => {
    await browser.close();
    client.close();
    await node.stop();
  });

  async function open(options: Partial<SeatPageOptions> = {}, url = node.httpUrl): Promise<SeatPage> {
    const page = await SeatPage.open(browser, url, { screeningId: small, ...options });
    pages.push(page);
    return page;
  }

  /** Another tab with all that this one knows, as browsers make it. */
  async function copyOf(seatPage: SeatPage): Promise<SeatPage> {
    const copy = await seatPage.copy();
    pages.push(copy);
    return copy;
  }

  it('shows the programme and the whole hall', async () => {
    const anna = await open();
    expect(await anna.page.locator('.screening').count()).to.be.greaterThan(1);
    expect(await anna.page.locator('.seats .seat').count()).to.equal(110);
    await anna.page.locator(`[data-screening-id="${big}"]`).click();
    await eventually('the big hall', async () => (await anna.page.locator('.seats .seat').count()) === 1252);
    await anna.isLive();
    expect(await anna.page.locator('.legend button').count()).to.equal(6);
    expect(await anna.page.locator('.seats .wheelchair').count()).to.be.greaterThan(0);
  });

  it('picks out the seats of a category, and says that it can', async () => {
    const anna = await open({ screeningId: big });
    const vip = anna.page.getByRole('button', { name: /^VIP/, pressed: false });
    expect(await vip.getAttribute('title')).to.equal('Pick out VIP');
    await vip.focus();
    await anna.page.keyboard.press('Space');
    const dimmed = () =>
      anna.page.evaluate<number>(
        "[...document.querySelectorAll('.seats .seat')].filter((seat) => getComputedStyle(seat).opacity < 0.5).length",
      );
    await eventually('the others to be dimmed', async () => (await dimmed()) === 1252 - 81);
    await anna.page.getByRole('button', { name: /^Kategorie III/, pressed: false }).click();
    await eventually('another one', async () => (await dimmed()) === 1252 - 153);
    expect(await anna.page.getByRole('button', { pressed: true }).count()).to.equal(1);
    // Another hall is shown whole, and one of a single category has none to pick out.
    await anna.page.locator(`[data-screening-id="${small}"]`).click();
    await eventually('the small hall', async () => (await anna.page.locator('.seats .seat').count()) === 110);
    expect(await dimmed()).to.equal(0);
    expect(await anna.page.locator('.legend').innerText()).to.match(/^Standard\s+\d+ free$/);
    expect(await anna.page.locator('.legend button').count()).to.equal(0);
  });

  it('shows a hold to everyone at once, and its countdown to its owner', async () => {
    const [anna, ben] = [await open(), await open()];
    const free = await ben.freeSeats();
    await anna.hold('1-7', '1-8');
    await anna.sees('1-7', 'mine-held');
    await ben.sees('1-7', 'held');
    await ben.sees('1-8', 'held');
    expect(await ben.freeSeats()).to.equal(free - 2);
    // A timer is not read out by itself, each second.
    expect(await anna.page.getByRole('timer', { name: 'Time left' }).innerText()).to.match(/^0\d:\d\d$/);
    await ben.seat('1-7').click({ force: true });
    await ben.phase('none');
    expect(await ben.seat('1-7').getAttribute('aria-label')).to.equal('Row 1, seat 7, Standard, held by someone else');
  });

  it('books what is held and shows the booking', async () => {
    const [anna, ben] = [await open(), await open()];
    await anna.hold('2-7', '2-8');
    await anna.press(/^Book/);
    await anna.phase('booked');
    expect(await anna.page.getByTestId('booking-id').innerText()).to.match(/^\S{8,}$/);
    expect(await anna.page.locator('.ticket .seats').innerText()).to.equal('Row 2, seat 8\nRow 2, seat 7');
    await anna.sees('2-7', 'mine-booked');
    await ben.sees('2-7', 'booked');
  });

  it('gives seats back', async () => {
    const [anna, ben] = [await open(), await open()];
    await anna.hold('3-7');
    await ben.sees('3-7', 'held');
    await anna.press('Give back');
    await anna.phase('none');
    await ben.sees('3-7', 'free');
    await anna.sees('3-7', 'free');
  });

  it('gives more time when asked', async () => {
    const anna = await open({ holdTtlSeconds: 30 });
    await anna.hold('3-9');
    const timeLeft = () => anna.page.locator('.countdown output').innerText();
    await eventually('three seconds to pass', async () => (await timeLeft()) <= '00:27');
    await anna.press('More time');
    await eventually('more time', async () => (await timeLeft()) >= '00:29');
  });

  it('ends a hold when its time is over, for everyone', async () => {
    const [anna, ben] = [await open({ holdTtlSeconds: 3 }), await open()];
    await anna.hold('4-7');
    await ben.sees('4-7', 'held');
    await anna.page.waitForSelector('.countdown[data-urgent="true"]');
    await anna.phase('none');
    expect(await anna.problem()).to.contain('time ran out');
    await anna.sees('4-7', 'free');
    await ben.sees('4-7', 'free');
  });

  it('goes on after a cut without missing a change', async () => {
    const proxy = await CuttableProxy.open(node.httpUrl);
    proxies.push(proxy);
    const [anna, ben] = [await open({}, proxy.url), await open()];
    proxy.cut();
    await anna.isCutOff();
    expect(await anna.page.locator('#stale').innerText()).to.equal(
      'Last known seats: the box office cannot be reached.',
    );
    await ben.hold('5-7');
    await ben.press('Give back');
    await ben.phase('none');
    await ben.hold('5-8', '5-9');
    proxy.mend();
    await anna.isLive();
    await anna.sees('5-8', 'held');
    await anna.sees('5-9', 'held');
    await anna.sees('5-7', 'free');
    expect(await anna.freeSeats()).to.equal(await ben.freeSeats());
    expect(new URL(anna.liveUrls.at(-1) ?? '').searchParams.get('resume_token')).to.be.a('string').that.is.not.empty;
    await ben.press('Give back');
    await anna.sees('5-8', 'free');
  });

  it('knows a quiet connection from a dead one, however rarely the node says something', async () => {
    const quiet = await startNode({ streams: { progressIntervalMs: 60_000 } });
    try {
      const anna = await open({}, quiet.httpUrl);
      await anna.page.clock.install();
      await anna.page.reload();
      await anna.isLive();
      const opened = anna.liveUrls.length;
      await anna.page.clock.fastForward(59_000);
      expect(await anna.page.locator('#connection').getAttribute('data-state')).to.equal('live');
      expect(anna.liveUrls).to.have.length(opened);
      await anna.page.clock.fastForward(62_000);
      await anna.isCutOff();
      await anna.isLive();
      expect(anna.liveUrls).to.have.length(opened + 1);
    } finally {
      await quiet.stop();
    }
  });

  it('keeps a hold over a reload', async () => {
    const anna = await open();
    await anna.hold('6-5');
    await anna.page.reload();
    await anna.isLive();
    await anna.phase('held');
    await anna.sees('6-5', 'mine-held');
    await anna.press(/^Book/);
    await anna.phase('booked');
    await anna.page.reload();
    await anna.phase('booked');
    await anna.sees('6-5', 'mine-booked');
  });

  it('repeats a request whose answer was lost, and takes the seats once', async () => {
    const anna = await open();
    const bodies: unknown[] = [];
    await anna.page.route('**/api/seat-reservations', async (route) => {
      bodies.push(route.request().postDataJSON());
      if (bodies.length > 1) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await anna.hold('7-5');
    expect(bodies).to.have.length(2);
    expect(bodies[1]).to.deep.equal(bodies[0]);
    await anna.sees('7-5', 'mine-held');
  });

  it('repeats a booking whose answer was lost until it is told, however busy the box office is', async () => {
    const anna = await open({ screeningId: late });
    await anna.hold('1-1');
    // Short pauses between the attempts.
    await anna.page.evaluate('Math.random = () => 0');
    const asked: unknown[] = [];
    let isBusy = true;
    await anna.page.route('**/confirm', async (route) => {
      asked.push(route.request().postDataJSON());
      if (!isBusy) return route.continue();
      if (asked.length > 1) return route.fulfill({ status: 429, json: tooBusy });
      await route.fetch();
      return route.abort();
    });
    await anna.press(/^Book/);
    const again = anna.page.locator('#panel').getByRole('button', { name: 'Try again' });
    await again.waitFor();
    expect(await anna.problem()).to.contain('nothing is booked twice');
    const once = asked.length;
    await again.click();
    await eventually('another round of attempts', () => asked.length === 2 * once);
    await again.waitFor();
    isBusy = false;
    await again.click();
    await anna.phase('booked');
    expect(asked).to.have.length(2 * once + 1);
    for (const body of asked) expect(body).to.deep.equal(asked[0]);
    await anna.sees('1-1', 'mine-booked');
  });

  it('claims no hold while nobody knows of one', async () => {
    const anna = await open({ screeningId: late });
    await anna.page.evaluate('Math.random = () => 0');
    await anna.page.route('**/api/seat-reservations', (route) => route.abort());
    await anna.choose('4-9');
    await anna.press(/^Hold/);
    expect(await anna.problem()).to.contain('cannot be reached');
    expect(await anna.page.locator('#panel h3').innerText()).to.equal('No answer yet');
    await anna.page.unroute('**/api/seat-reservations');
    await anna.press('Try again');
    await anna.phase('held');
    expect(await anna.page.locator('.countdown .hint').innerText()).to.equal('Held for you for another');
  });

  it('shows large numbers with separators, and the year where it is not this one', async () => {
    const year = new Date().getFullYear() + 1;
    const startsAt = new Date(Date.UTC(year, 5, 1));
    const screeningId = await createScreening(client, 'next-year', { auditoriumId: 'riethsporthalle', startsAt });
    await createScreening(client, 'starts-soon', { startsAt: new Date(Date.now() + 60_000) });
    const anna = await open({ screeningId });
    expect(await anna.page.locator('#free-count').innerText()).to.equal('1,252');
    const card = anna.page.locator(`[data-screening-id="${screeningId}"]`);
    expect(await card.locator('.left').innerText()).to.equal('1,252 of 1,252 seats free');
    expect(await card.locator('.when').innerText()).to.contain(String(year));
    expect(await anna.page.locator('[data-screening-id="starts-soon"] .when').innerText()).to.not.match(/\d{4}/);
  });

  it('shows the booking that a copy of the tab has made', async () => {
    const anna = await open({ screeningId: late });
    await anna.hold('2-1', '2-2');
    const copy = await copyOf(anna);
    await copy.press(/^Book/);
    await copy.phase('booked');
    await anna.phase('booked');
    expect(await anna.page.getByTestId('booking-id').innerText()).to.equal(
      await copy.page.getByTestId('booking-id').innerText(),
    );
    await anna.sees('2-1', 'mine-booked');
    expect(await anna.page.locator('#problem').isVisible()).to.equal(false);
  });

  it('does not say that time ran out where a copy of the tab has booked in time', async () => {
    const anna = await open({ screeningId: late, holdTtlSeconds: 8 });
    await anna.hold('2-3');
    const copy = await copyOf(anna);
    // She hears nothing of it before her time is over.
    await anna.page.routeWebSocket('**/ws?*', () => undefined);
    await anna.page.reload();
    await anna.phase('held');
    await copy.press(/^Book/);
    await copy.phase('booked');
    await anna.phase('booked');
    expect(await anna.page.getByTestId('booking-id').innerText()).to.equal(
      await copy.page.getByTestId('booking-id').innerText(),
    );
  });

  it('says that seats were given back, where a copy of the tab has given them back', async () => {
    const anna = await open({ screeningId: late });
    await anna.hold('2-5');
    const copy = await copyOf(anna);
    await copy.press('Give back');
    await anna.phase('none');
    expect(await anna.problem()).to.equal('These seats were given back already.');
    await anna.sees('2-5', 'free');
  });

  it('says that seats are booked already, where they were booked in a way that it does not know', async () => {
    const anna = await open({ screeningId: late });
    const holding = anna.page.waitForResponse('**/api/seat-reservations');
    await anna.hold('2-7', '2-8');
    const response = await holding;
    const { hold_token: holdToken } = (await response.json()) as { hold_token: string };
    const party = response.request().postDataJSON() as { screening_id: string; buyer_id: string };
    const confirmed = await fetch(`${node.httpUrl}/api/seat-reservations/${holdToken}/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ screening_id: party.screening_id, buyer_id: party.buyer_id, request_id: randomUUID() }),
    });
    expect(confirmed.status).to.equal(200);
    expect(await anna.problem()).to.equal('These seats are already booked for you.');
    await anna.phase('none');
    await anna.sees('2-7', 'mine-booked');
    await anna.sees('2-8', 'mine-booked');
  });

  it('asks again what became of a hold when nobody could say at its end', async () => {
    const anna = await open({ screeningId: late, holdTtlSeconds: 3 });
    await anna.page.evaluate('Math.random = () => 0');
    await anna.hold('2-10');
    await anna.page.route('**/api/seat-reservations/*', (route) => route.fulfill({ status: 429, json: tooBusy }));
    expect(await anna.problem()).to.contain('Please try again');
    await anna.page.unroute('**/api/seat-reservations/*');
    await anna.press('Try again');
    await anna.phase('none');
    expect(await anna.problem()).to.contain('time ran out');
  });

  it('says in plain words which seats somebody else was quicker with', async () => {
    const [anna, ben] = [await open(), await open()];
    await anna.page.route('**/api/seat-reservations', async (route) => {
      await ben.hold('8-5');
      await route.continue();
    });
    await anna.choose('8-5');
    await anna.press(/^Hold/);
    expect(await anna.problem()).to.equal('Row 8, seat 5 is being bought by someone else. Please choose other seats.');
    await anna.phase('none');
    await anna.sees('8-5', 'held');
  });

  it('keeps chosen what is still free when some seats are refused', async () => {
    const [anna, ben] = [await open({ screeningId: late }), await open({ screeningId: late })];
    await ben.hold('3-5');
    // She is told late of what has been taken.
    await anna.page.routeWebSocket('**/ws?*', () => undefined);
    await anna.page.route('**/seat-map', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...((await response.json()) as object), seats: [] } });
    });
    await anna.page.reload();
    await anna.choose('3-4', '3-5', '3-6');
    await anna.press(/^Hold/);
    expect(await anna.problem()).to.equal(
      'Row 3, seat 5 is being bought by someone else. Your other 2 seats are still chosen.',
    );
    await anna.sees('3-5', 'free');
    await anna.sees('3-4', 'chosen');
    await anna.sees('3-6', 'chosen');
    await anna.press('Hold 2 seats');
    await anna.phase('held');
  });

  it('keeps the choice when a hold is refused for another reason, also over a reload', async () => {
    const anna = await open({ screeningId: late });
    await anna.choose('4-4', '4-5');
    const refused = { code: 'FAILED_PRECONDITION', reason: 'TICKET_LIMIT_EXCEEDED', metadata: { limit: '1' } };
    const asked: unknown[] = [];
    await anna.page.route('**/api/seat-reservations', async (route) => {
      asked.push(route.request().postDataJSON());
      if (asked.length > 1) await route.fulfill({ status: 400, json: refused });
    });
    await anna.press(/^Hold/);
    await eventually('the request', () => asked.length === 1);
    await anna.page.reload();
    expect(await anna.problem()).to.contain('more than one person may take');
    expect(asked[1]).to.deep.equal(asked[0]);
    await anna.sees('4-4', 'chosen');
    await anna.sees('4-5', 'chosen');
  });

  it('offers no seat of a screening that is cancelled, also while it is looked at', async () => {
    const screeningId = await createScreening(client, 'to-be-cancelled');
    const anna = await open({ screeningId });
    await anna.page.clock.install();
    await anna.page.reload();
    await anna.isLive();
    await anna.choose('1-1');
    await anna.sees('1-1', 'chosen');
    await call(client.screenings, client.screenings.cancelScreening, { requestId: requestId(), screeningId });
    const isCancelled = async () => {
      await anna.sees('1-1', 'blocked');
      await anna.seat('1-1').click({ force: true });
      expect(await anna.seats('blocked')).to.equal(110);
      expect(await anna.page.locator('#panel').innerText()).to.match(
        /^Cancelled\s+This screening does not take place\.$/,
      );
      expect(await anna.page.locator('#availability').innerText()).to.equal('Cancelled');
      const card = anna.page.locator(`[data-screening-id="${screeningId}"]`);
      expect(await card.locator('.left').innerText()).to.equal('Cancelled');
      expect(await card.locator('.meter i').getAttribute('style')).to.equal('width: 0%;');
    };
    await anna.page.clock.fastForward(20_000);
    await isCancelled();
    await anna.page.reload();
    await isCancelled();
  });

  it('offers seats as long as they are on sale, and says when that is', async () => {
    const inMs = (ms: number) => new Date(Date.now() + ms);
    await createScreening(client, 'closed', { salesOpenAt: inMs(-60_000), salesCloseAt: inMs(-30_000) });
    const soon = await createScreening(client, 'opens-soon', { salesOpenAt: inMs(8_000) });
    const anna = await open({ screeningId: soon });
    await anna.sees('1-1', 'blocked');
    await anna.seat('1-1').click({ force: true });
    expect(await anna.page.locator('#panel').innerText()).to.match(/^Not on sale yet\s+Sales open \w+, .*\d\d:\d\d/);
    expect(await anna.page.locator(`[data-screening-id="${soon}"] .left`).innerText()).to.match(/^On sale \w+ \d+, /);
    await anna.sees('1-1', 'free');
    await anna.hold('1-1');
    await anna.page.locator('[data-screening-id="closed"]').click();
    await eventually('the other hall', async () => (await anna.seats('blocked')) === 110);
    expect(await anna.page.locator('#panel').innerText()).to.match(/^Sales closed/);
  });

  it('says nothing of a connection where there is nothing to be live', async () => {
    const anna = await open();
    const badge = anna.page.locator('#connection');
    const told = anna.page.locator('#empty');
    await anna.page.goto(`${node.httpUrl}/?screening_id=nosuch`);
    await told.getByText('There is no such screening.').waitFor();
    await badge.waitFor({ state: 'hidden' });
    await anna.page.locator(`[data-screening-id="${late}"]`).click();
    await anna.isLive();
    await anna.page.route('**/api/screenings?*', (route) =>
      route.fulfill({ json: { screenings: [], next_page_token: '' } }),
    );
    await anna.page.goto(node.httpUrl);
    await told.getByText('Nothing is on just now.').waitFor();
    await badge.waitFor({ state: 'hidden' });
  });

  it('shows programme and hall as soon as it can, where it could not at first', async () => {
    const anna = await open();
    const told = anna.page.locator('#empty');
    const unavailable = { status: 503, json: { code: 'UNAVAILABLE', reason: 'STORAGE_UNAVAILABLE', message: 'away' } };
    await anna.page.clock.install();
    await anna.page.addInitScript('Math.random = () => 0');
    await anna.page.route('**/api/screenings?*', (route) => route.fulfill(unavailable));
    await anna.page.route('**/seat-map', (route) => route.fulfill(unavailable));
    await anna.page.goto(node.httpUrl);
    const asksAgain = async (words: string) =>
      eventually(words, async () => {
        await anna.page.clock.fastForward(5_000);
        return (await told.innerText()) === words;
      });
    await asksAgain('The programme cannot be shown just now. This page asks again by itself.');
    await anna.page.unroute('**/api/screenings?*');
    await asksAgain('The hall cannot be shown just now. This page asks again by itself.');
    await anna.page.unroute('**/seat-map');
    await eventually('the hall', async () => {
      await anna.page.clock.fastForward(5_000);
      return anna.page.locator('#booking').isVisible();
    });
    await anna.isLive();
    expect(await told.isVisible()).to.equal(false);
  });

  it('leaves nothing of one hall where another is wanted', async () => {
    const anna = await open();
    const booking = anna.page.locator('#booking');
    let answer: (() => void) | undefined;
    const isAsked = new Promise<void>((asked) => {
      void anna.page.route('**/seat-map', async (route) => {
        await new Promise<void>((resolve) => {
          answer = resolve;
          asked();
        });
        await route.fulfill({ status: 404, json: { code: 'NOT_FOUND', reason: 'SCREENING_NOT_FOUND' } });
      });
    });
    await anna.page.locator(`[data-screening-id="${late}"]`).click();
    await isAsked;
    expect(await booking.getAttribute('inert')).to.equal('');
    answer?.();
    await booking.waitFor({ state: 'hidden' });
    await anna.page.locator('#empty').getByText('There is no such screening.').waitFor();
    await anna.page.unroute('**/seat-map');
    await anna.page.locator(`[data-screening-id="${late}"]`).click();
    await anna.isLive();
    await anna.choose('9-1');
    await anna.sees('9-1', 'chosen');
  });

  it('says that it shows the last known seats while the database is away, and shows them still', async () => {
    const anna = await open();
    const notice = anna.page.locator('#stale');
    expect(await notice.isVisible()).to.equal(false);
    await crashPostgres();
    try {
      await notice.waitFor({ state: 'visible' });
      expect(await notice.innerText()).to.equal('Last known seats: the box office is catching up.');
      await anna.page.reload();
      await notice.waitFor({ state: 'visible' });
      expect(await anna.page.locator('.seats .seat').count()).to.equal(110);
    } finally {
      await restartPostgres();
    }
    await notice.waitFor({ state: 'hidden' });
  });

  it('can be used with the keyboard alone', async () => {
    const anna = await open();
    await anna.seat('9-10').focus();
    await anna.page.keyboard.press('Space');
    await anna.page.keyboard.press('ArrowRight');
    await anna.page.keyboard.press('Enter');
    await anna.sees('9-10', 'chosen');
    await anna.sees('9-9', 'chosen');
    expect(await anna.page.locator('#announcer').innerText()).to.equal('Row 9, seat 9 chosen. 2 seats in all.');
    await anna.page.locator('#panel').getByRole('button', { name: /^Hold/ }).focus();
    await anna.page.keyboard.press('Enter');
    await anna.phase('held');
    expect(await anna.page.locator('#panel :focus').innerText()).to.equal('Book 2 seats');
  });

  it('says which seat is under the mouse or has the focus, also when it is taken just then', async () => {
    const [anna, ben] = [await open({ screeningId: late }), await open({ screeningId: late })];
    const tip = anna.page.locator('#tip');
    await anna.seat('8-3').hover();
    expect(await tip.innerText()).to.equal('Row 8, seat 3, Standard, free');
    await anna.page.mouse.move(0, 0);
    await tip.waitFor({ state: 'hidden' });
    await anna.page.locator('#zoom-in').focus();
    await anna.page.keyboard.press('Tab');
    await anna.page.keyboard.press('ArrowDown');
    const seatId = (await anna.page.locator('#hall :focus').getAttribute('data-seat-id')) ?? '';
    expect(await tip.innerText()).to.match(/^Row \d, seat \d+, Standard, free$/);
    await ben.hold(seatId);
    await anna.sees(seatId, 'held');
    await eventually('the news', async () => (await tip.innerText()).endsWith('held by someone else'));
    await anna.page.locator('#zoom-in').click();
    await tip.waitFor({ state: 'hidden' });
  });

  it('says why a seat cannot be chosen', async () => {
    const [anna, ben] = [await open({ screeningId: late }), await open({ screeningId: late })];
    await ben.hold('8-5');
    await anna.sees('8-5', 'held');
    await anna.seat('8-5').click({ force: true });
    expect(await anna.problem()).to.equal('Row 8, seat 5 is held by someone else.');
    await anna.hold('8-7');
    await anna.seat('8-8').click();
    expect(await anna.problem()).to.equal('To choose others, book the seats you have or give them back first.');
    await anna.press(/^Book/);
    await anna.phase('booked');
    await anna.seat('8-8').click();
    expect(await anna.problem()).to.equal('To choose again, press “Book more seats” first.');
    await anna.press('Book more seats');
    await anna.seat('8-8').click();
    await anna.sees('8-8', 'chosen');
    expect(await anna.page.locator('#problem').isVisible()).to.equal(false);
  });

  it('comes closer at the first tap where seats are too small for a finger', async () => {
    const anna = await open({ screeningId: big, context: phone });
    await anna.seat('D-10-5').tap();
    await anna.phase('none');
    await anna.page.waitForSelector('#hall[data-far="false"]');
    expect(await anna.page.locator('#panel .chip').count()).to.equal(0);
    await anna.seat('D-10-5').tap();
    await anna.sees('D-10-5', 'chosen');
  });

  it('leaves the hall in sight on a small phone, whatever one has', async () => {
    const anna = await open({ screeningId: late, context: smallPhone });
    const [legend, category] = [await anna.box('.legend'), await anna.box('.category')];
    expect(category.x + category.width).to.be.lessThan(legend.x + legend.width);
    await anna.page.locator('#hall').scrollIntoViewIfNeeded();
    for (const seatId of ['5-1', '5-2', '5-3', '5-4', '5-5']) await anna.seat(seatId).dispatchEvent('click');
    await anna.press(/^Hold/);
    await anna.phase('held');
    await anna.press(/^Book/);
    await anna.phase('booked');
    const [panel, next] = [await anna.box('.panel'), await anna.box('.actions')];
    expect(panel.height).to.be.at.most(284);
    expect(next.y + next.height).to.be.at.most(568);
    await anna.page.evaluate("document.querySelector('#panel').scrollTop = 1000");
    expect((await anna.box('[data-testid="booking-id"]')).y).to.be.lessThan(next.y);
  });

  it('shows a hall of very many seats as a crowd, and its seats to whoever comes closer', async () => {
    const client = connectBoxOffice(node.grpcAddress);
    const seatingPlanJson = Buffer.from(JSON.stringify(squareHall(80)));
    const auditorium = { requestId: requestId(), auditoriumId: 'square', seatingPlanJson, validateOnly: false };
    await call(client.screenings, client.screenings.createAuditorium, auditorium);
    const screeningId = await createScreening(client, 'for-the-crowd', { auditoriumId: 'square' });
    const anna = await open({ screeningId });
    const drawn = () => anna.page.locator('.seats .seat').count();
    const pixelInTheMiddle = () =>
      anna.page.evaluate<string>(
        "(({ width, height }) => [...crowd.getContext('2d').getImageData(width / 2 - 3, height / 2 - 3, 6, 6).data].join())(crowd)",
      );
    const isEmpty = (pixels: string) => /^[0,]*$/.test(pixels);
    expect(await anna.freeSeats()).to.equal(6400);
    expect(await drawn()).to.equal(0);
    await eventually('the crowd', async () => !isEmpty(await pixelInTheMiddle()));
    const free = await pixelInTheMiddle();
    await hold(client, { screeningId, seatIds: [39, 40].flatMap((row) => [`${row}-39`, `${row}-40`]) });
    await eventually('the change in the crowd', async () => (await pixelInTheMiddle()) !== free);

    await anna.page.locator('#hall').click();
    await anna.sees('40-40', 'held');
    expect(await drawn()).to.be.within(10, 5000);
    await anna.choose('42-40');
    await anna.sees('42-40', 'chosen');
    await anna.press(/^Hold/);
    await anna.phase('held');
    await anna.page.locator('#zoom-fit').click();
    await eventually('the crowd', async () => (await drawn()) === 0);
    await anna.press('Give back');
    await anna.phase('none');

    // With the keyboard: the hall is the stop of the tab key, then a seat of it.
    await anna.page.locator('#zoom-in').focus();
    await anna.page.keyboard.press('Tab');
    expect(await anna.page.locator(':focus').getAttribute('id')).to.equal('hall');
    await anna.page.keyboard.press('ArrowRight');
    const first = await anna.page.locator(':focus').getAttribute('data-seat-id');
    await anna.page.keyboard.press('ArrowRight');
    const second = await anna.page.locator(':focus').getAttribute('data-seat-id');
    expect(second?.split('-').map(Number)).to.deep.equal(first?.split('-').map((part, index) => Number(part) + index));
    await anna.page.keyboard.press('Space');
    await anna.sees(second ?? '', 'chosen');
    client.close();
    // Another hall is drawn as ever.
    await anna.page.locator(`[data-screening-id="${small}"]`).click();
    await eventually('the small hall', async () => (await drawn()) === 110);
    expect(await anna.page.locator('#hall').getAttribute('tabindex')).to.equal('-1');
  });

  it('leaves the hall in sight on a phone that lies on its side', async () => {
    const viewport = { width: 844, height: 390 };
    const anna = await open({ screeningId: late, context: { ...phone, viewport } });
    await anna.seat('5-7').dispatchEvent('click');
    await anna.press(/^Hold/);
    await anna.phase('held');
    await anna.page.evaluate("document.querySelector('#viewport').scrollIntoView({ block: 'end' })");
    const [hall, panel] = [await anna.box('#viewport'), await anna.box('.panel')];
    expect(hall.x + hall.width).to.be.at.most(panel.x);
    expect(hall.y).to.be.at.least(0);
    const give = await anna.box('.actions button:last-child');
    expect(give.y + give.height).to.be.at.most(viewport.height);
  });

  it('shows what is to come, also beyond the first page and behind much that is over', async () => {
    const hourMs = 3_600_000;
    for (let index = 0; index < 60; index += 1) {
      const startsAt = (inMs: number) => ({ startsAt: new Date(Date.now() + inMs) });
      await createScreening(client, `over-${String(index)}`, startsAt(-hourMs));
      await createScreening(client, `next-month-${String(index)}`, startsAt(720 * hourMs));
    }
    const anna = await open();
    const listed = (prefix: string) => anna.page.locator(`[data-screening-id^="${prefix}"]`).count();
    expect(await listed('next-month-')).to.equal(60);
    expect(await listed('over-')).to.equal(0);
    // However many there are, it asks for so many and no more.
    await anna.page.route('**/api/screenings?*', async (route) => {
      const response = await route.fetch({ url: `${node.httpUrl}/api/screenings?upcoming=true` });
      const page = (await response.json()) as object;
      await route.fulfill({ response, json: { ...page, next_page_token: 'more' } });
    });
    await anna.page.reload();
    await anna.isLive();
    expect(await anna.page.locator('.screening').count()).to.equal(200);
  });
});

/** A seating plan of `side` rows of as many seats; seat "2-3" is the fourth of the third row. */
function squareHall(side: number): object {
  const indices = Array.from({ length: side }, (_, index) => index);
  const rows = indices.map((row) => ({
    row_number: String(row + 1),
    position: { x: 0, y: row * 20 },
    seats: indices.map((seat) => ({
      seat_number: String(seat + 1),
      seat_guid: `${row}-${seat}`,
      position: { x: seat * 20, y: 0 },
      category: 'Standard',
    })),
  }));
  return {
    name: 'Square hall',
    size: { width: side * 20, height: side * 20 },
    categories: [{ name: 'Standard', color: '#1D3557' }],
    zones: [{ name: 'Block', position: { x: 0, y: 0 }, rows }],
  };
}

import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export interface SeatPageOptions {
  readonly screeningId: string;
  readonly holdTtlSeconds?: number;
  readonly context?: BrowserContextOptions;
}

/** One person in front of the seat page, in a browser of their own. */
export class SeatPage {
  /** What went wrong in the page's own code. */
  readonly faults: string[] = [];
  /** Addresses of the live connections it opened. */
  readonly liveUrls: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {
    page.on('pageerror', (error) => this.faults.push(error.stack ?? error.message));
    page.on('websocket', (socket) => this.liveUrls.push(socket.url()));
  }

  static async open(browser: Browser, url: string, options: SeatPageOptions): Promise<SeatPage> {
    const context = await browser.newContext(options.context);
    const seatPage = new SeatPage(await context.newPage(), context);
    const query = new URLSearchParams({ screening_id: options.screeningId });
    if (options.holdTtlSeconds !== undefined) query.set('hold_ttl_seconds', String(options.holdTtlSeconds));
    await seatPage.page.goto(`${url}/seat-reservation-demo.html?${query.toString()}`);
    await seatPage.isLive();
    return seatPage;
  }

  /** The tab once more, with the storage of its session: it shows the same. */
  async copy(): Promise<SeatPage> {
    const [popup] = await Promise.all([
      this.page.waitForEvent('popup'),
      this.page.evaluate('void window.open(window.location.href)'),
    ]);
    const copy = new SeatPage(popup, this.context);
    await copy.isLive();
    return copy;
  }

  isLive(): Promise<unknown> {
    return this.page.waitForSelector('#connection[data-state="live"]');
  }

  isCutOff(): Promise<unknown> {
    return this.page.waitForSelector('#connection[data-state="waiting"]');
  }

  /** Whether it says that its seats may be old. */
  isStale(): Promise<boolean> {
    return this.page.locator('#stale').isVisible();
  }

  /** Waits until the seat looks so. */
  async sees(seatId: string, look: string): Promise<void> {
    await this.page.waitForSelector(`.seat[data-seat-id="${seatId}"][data-look="${look}"]`, {
      state: 'attached',
      timeout: 10_000,
    });
  }

  async choose(...seatIds: readonly string[]): Promise<void> {
    for (const seatId of seatIds) await this.seat(seatId).click();
  }

  /** Presses a button of the panel by its text. */
  press(text: string | RegExp): Promise<void> {
    return this.page.locator('#panel').getByRole('button', { name: text }).click();
  }

  async hold(...seatIds: readonly string[]): Promise<void> {
    await this.choose(...seatIds);
    await this.press(/^Hold/);
    await this.page.waitForSelector('#panel[data-phase="held"]');
  }

  phase(phase: string): Promise<unknown> {
    return this.page.waitForSelector(`#panel[data-phase="${phase}"]`);
  }

  /** The message at the top of the panel, once there is one. */
  async problem(): Promise<string> {
    return (await this.page.waitForSelector('#problem:not([hidden]) span')).innerText();
  }

  seat(seatId: string) {
    return this.page.locator(`.seat[data-seat-id="${seatId}"]`);
  }

  /** Where the first such element is in the window. */
  async box(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await this.page.locator(selector).first().boundingBox();
    if (box === null) throw new Error(`${selector} is not shown`);
    return box;
  }

  /** How many seats look so. */
  seats(look: string): Promise<number> {
    return this.page.locator(`.seats .seat[data-look="${look}"]`).count();
  }

  async freeSeats(): Promise<number> {
    return Number((await this.page.locator('#free-count').innerText()).replace(',', ''));
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

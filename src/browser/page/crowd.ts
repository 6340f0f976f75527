import type { PlanSeat } from './api-types.js';
import type { Box } from './hall-geometry.js';
import { lookWords, type Look } from './seat-look.js';

/** How a seat is seen from afar. */
export interface Dot {
  readonly look: Look;
  /** Of its category. */
  readonly color: string;
  readonly isDimmed: boolean;
}

const LOOKS = Object.keys(lookWords) as Look[];
/** Side of a dot, in distances of neighbouring seats. */
const SIDE = 0.8;

export interface Scene {
  /** The part of the plan that fills the canvas. */
  readonly visible: Box;
  /** Distance of neighbouring seats. */
  readonly pitch: number;
  readonly seats: readonly PlanSeat[];
  /** Called whenever it is drawn. */
  readonly dotOf: (seat: PlanSeat) => Dot;
}

/** How late a change is seen: 200,000 dots take a tenth of a second to draw. */
const CHANGES_EVERY_MS = 1_000;

/** A hall of very many seats from afar: a dot each, on a canvas behind the SVG. */
export class Crowd {
  private scene: Scene | undefined;
  private frame: number | undefined;
  private timer: number | undefined;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** Draws with the browser's next frame, however often it is asked before. */
  show(scene: Scene): void {
    this.scene = scene;
    this.frame ??= window.requestAnimationFrame(() => this.draw());
  }

  /** Something looks otherwise than when it was drawn. */
  changed(): void {
    this.timer ??= window.setTimeout(() => this.draw(), CHANGES_EVERY_MS);
  }

  hide(): void {
    this.scene = undefined;
    // Setting it clears the canvas and frees its memory.
    if (this.canvas.width > 0) this.canvas.width = 0;
  }

  private draw(): void {
    window.cancelAnimationFrame(this.frame ?? 0);
    window.clearTimeout(this.timer);
    this.frame = undefined;
    this.timer = undefined;
    const { canvas, scene } = this;
    const context = canvas.getContext('2d');
    if (scene === undefined || context === null) return;
    canvas.width = canvas.clientWidth * window.devicePixelRatio;
    canvas.height = canvas.clientHeight * window.devicePixelRatio;
    const { visible, pitch, seats, dotOf } = scene;
    const scale = canvas.width / visible.width;
    const side = SIDE * pitch * scale;
    const { colors, dimmed } = this.style();
    for (const seat of seats) {
      const { look, color, isDimmed } = dotOf(seat);
      context.fillStyle = colors.get(look) ?? color;
      context.globalAlpha = isDimmed ? dimmed : 1;
      context.fillRect((seat.x - visible.x) * scale - side / 2, (seat.y - visible.y) * scale - side / 2, side, side);
    }
  }

  /** As seats.css has them. A look without a colour of its own has that of the seat's category. */
  private style(): { readonly colors: ReadonlyMap<Look, string>; readonly dimmed: number } {
    const css = window.getComputedStyle(this.canvas);
    const colors = new Map<Look, string>();
    for (const look of LOOKS) {
      const color = css.getPropertyValue(`--dot-${look}`);
      if (color !== '') colors.set(look, color);
    }
    return { colors, dimmed: Number(css.getPropertyValue('--dimmed')) };
  }
}

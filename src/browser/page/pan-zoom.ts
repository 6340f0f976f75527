import type { Box } from './hall-geometry.js';

/** Fingers shake: a shorter way is a tap. */
const DRAG_FROM_PX = 8;
/** On screen, from here on seat numbers and row labels can be read. */
const LEGIBLE_PITCH_PX = 17;
/** A finger cannot hit a seat smaller than this. */
const TAPPABLE_PITCH_PX = 15;
const NEAR_PITCH_PX = 30;
const ZOOM_STEP = 1.6;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Shows a part of an SVG: the whole (fit), or what the viewer dragged and zoomed to. */
export class PanZoom {
  private view: Box;
  private readonly pointers = new Map<number, Place>();
  private dragged = 0;

  /** Listens as long as the element lives. `onChange`: what is shown may have changed. */
  constructor(
    private readonly root: SVGSVGElement,
    private bounds: Box,
    private pitch: number,
    private readonly onChange: () => void,
  ) {
    this.view = bounds;
    root.addEventListener('pointerdown', (event) => this.pressed(event));
    root.addEventListener('pointermove', (event) => this.moved(event));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      root.addEventListener(end, ({ pointerId }) => this.pointers.delete(pointerId));
    }
    root.addEventListener('wheel', (event) => this.wheeled(event), { passive: false });
    new ResizeObserver(() => this.render()).observe(root);
  }

  /** Another hall. */
  setBounds(bounds: Box, pitch: number): void {
    this.bounds = bounds;
    this.pitch = pitch;
    this.fit();
  }

  fit(): void {
    this.view = this.bounds;
    this.render();
  }

  zoomIn(): void {
    this.zoomBy(ZOOM_STEP, this.centre());
  }

  zoomOut(): void {
    this.zoomBy(1 / ZOOM_STEP, this.centre());
  }

  /** Seats are too small on the screen for a finger. */
  get isFar(): boolean {
    return this.pitchPx < TAPPABLE_PITCH_PX;
  }

  /** Brings the seats around a place of the plan near enough for a finger. */
  comeCloser({ x, y }: Place): void {
    const factor = NEAR_PITCH_PX / this.pitchPx;
    const { width, height } = this.view;
    this.show({
      x: x - width / factor / 2,
      y: y - height / factor / 2,
      width: width / factor,
      height: height / factor,
    });
  }

  /** Brings a place of the plan into view. */
  reveal(x: number, y: number): void {
    const { width, height } = this.view;
    const margin = this.pitch * 1.5;
    const left = Math.min(Math.max(this.view.x, x + margin - width), x - margin);
    const top = Math.min(Math.max(this.view.y, y + margin - height), y - margin);
    if (left !== this.view.x || top !== this.view.y) this.show({ x: left, y: top, width, height });
  }

  /** What is shown of the plan. The view is in the middle of it. */
  get visible(): Box {
    const { x, y, width, height } = this.view;
    const { clientWidth, clientHeight } = this.root;
    const scale = Math.min(clientWidth / width, clientHeight / height);
    if (scale === 0) return this.view;
    const [visibleWidth, visibleHeight] = [clientWidth / scale, clientHeight / scale];
    return {
      x: x - (visibleWidth - width) / 2,
      y: y - (visibleHeight - height) / 2,
      width: visibleWidth,
      height: visibleHeight,
    };
  }

  /** The place of the plan that is at a point of the window. */
  placeAt({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Place {
    const matrix = this.root.getScreenCTM();
    return matrix === null ? this.centre() : new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
  }

  /** Distance of neighbouring seats on the screen. */
  private get pitchPx(): number {
    const { clientWidth, clientHeight } = this.root;
    return this.pitch * Math.min(clientWidth / this.view.width, clientHeight / this.view.height);
  }

  /** Whether the gesture that just ended moved the hall, so that it was no tap. */
  get wasDragged(): boolean {
    return this.dragged > DRAG_FROM_PX;
  }

  private get isZoomed(): boolean {
    return this.view.width < this.bounds.width * 0.99;
  }

  private pressed(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    if (this.pointers.size === 0) this.dragged = 0;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  private moved(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.dragged += Math.hypot(now.x - before.x, now.y - before.y);
    this.pointers.set(event.pointerId, now);
    if (other !== undefined) {
      const factor = distance(now, other) / Math.max(1, distance(before, other));
      this.dragged += DRAG_FROM_PX + 1;
      this.zoomBy(factor, this.placeAt({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }));
    } else if (this.isZoomed && this.wasDragged) {
      // Only now: a captured pointer's click would miss its seat.
      if (!this.root.hasPointerCapture(event.pointerId)) this.root.setPointerCapture(event.pointerId);
      const scale = this.pitch / this.pitchPx;
      this.show({
        ...this.view,
        x: this.view.x - (now.x - before.x) * scale,
        y: this.view.y - (now.y - before.y) * scale,
      });
    }
  }

  /** Only with a modifier (which is also how touch pads report pinching): the page must scroll past the hall. */
  private wheeled(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY / 250), this.placeAt(event));
  }

  private zoomBy(factor: number, around: Place): void {
    const closest = this.pitch * 7;
    const width = Math.min(this.bounds.width, Math.max(closest, this.view.width / factor));
    const applied = width / this.view.width;
    this.show({
      x: around.x - (around.x - this.view.x) * applied,
      y: around.y - (around.y - this.view.y) * applied,
      width,
      height: this.view.height * applied,
    });
  }

  /** Never so far that the hall is out of sight. */
  private show(box: Box): void {
    if (box.width >= this.bounds.width * 0.999) {
      this.fit();
      return;
    }
    const { bounds } = this;
    const x = Math.min(Math.max(box.x, bounds.x - box.width / 2), bounds.x + bounds.width - box.width / 2);
    const y = Math.min(Math.max(box.y, bounds.y - box.height / 2), bounds.y + bounds.height - box.height / 2);
    this.view = { x, y, width: box.width, height: box.height };
    this.render();
  }

  private render(): void {
    const { x, y, width, height } = this.view;
    this.root.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
    this.root.dataset['zoomed'] = String(this.isZoomed);
    this.root.dataset['far'] = String(this.isFar);
    this.root.dataset['detail'] = this.pitchPx < LEGIBLE_PITCH_PX ? 'low' : 'high';
    this.onChange();
  }

  private centre(): Place {
    return { x: this.view.x + this.view.width / 2, y: this.view.y + this.view.height / 2 };
  }
}

const distance = (a: Place, b: Place): number => Math.hypot(a.x - b.x, a.y - b.y);

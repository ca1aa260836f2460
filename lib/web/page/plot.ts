/**
 * A small line over the last minute.
 *
 * @module
 */

/** Values that are kept, one a second. */
const POINTS = 60;

/** Draws on a canvas in the colour that the style sheet gives it. */
export class Plot {
  readonly #canvas: HTMLCanvasElement;
  readonly #values: number[] = [];

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  clear(): void {
    this.#values.length = 0;
    this.draw();
  }

  add(value: number): void {
    this.#values.push(value);
    if (this.#values.length > POINTS) this.#values.shift();
  }

  /** Draws what has been added; takes the canvas' size on the page. */
  draw(): void {
    const canvas = this.#canvas;
    const { clientWidth, clientHeight } = canvas;
    const context = canvas.getContext("2d");
    if (!context || clientWidth === 0) return;
    canvas.width = clientWidth * devicePixelRatio;
    canvas.height = clientHeight * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    const colour = getComputedStyle(canvas).color;
    const bottom = clientHeight - 1.5;
    // A line of zeros is at the bottom, and noise around zero is not blown up.
    const top = Math.max(...this.#values, 1e-9) * 1.1;
    const x = (index: number) => clientWidth - (this.#values.length - 1 - index) * clientWidth / (POINTS - 1);
    const y = (value: number) => bottom - value / top * (clientHeight - 4);
    const line = new Path2D();
    this.#values.forEach((value, index) => line.lineTo(x(index), y(value)));
    if (this.#values.length > 1) {
      const area = new Path2D(line);
      area.lineTo(clientWidth, bottom);
      area.lineTo(x(0), bottom);
      context.fillStyle = colour;
      context.globalAlpha = 0.16;
      context.fill(area);
    }
    context.globalAlpha = 0.35;
    context.strokeStyle = colour;
    context.strokeRect(-5, bottom, clientWidth + 10, 0);
    context.globalAlpha = 1;
    context.lineWidth = 1.75;
    context.lineJoin = "round";
    context.stroke(line);
  }
}

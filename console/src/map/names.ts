/** Names beside the symbols of the canvas: those of tracks with alerts first, then as many others as find room. */
import type { Box } from './labels';
import type { Palette } from './sprites';

/** No more names than are worth reading. */
const NAMES = 80;
const CELL_PX = 12;

/** A coarse grid of what is taken: finding room for a name is then a look at a few cells, however many there are. */
class Taken {
  readonly #cells: Uint8Array;
  readonly #wide: number;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    this.#wide = Math.ceil(width / CELL_PX);
    this.#cells = new Uint8Array(this.#wide * Math.ceil(height / CELL_PX));
  }

  mark(box: Box): void {
    this.#every(box, (i) => {
      this.#cells[i] = 1;
      return true;
    });
  }

  free(box: Box): boolean {
    const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= this.width && box.y + box.height <= this.height;
    return inside && this.#every(box, (i) => this.#cells[i] === 0);
  }

  #every({ x, y, width, height }: Box, act: (i: number) => boolean): boolean {
    const [toX, toY] = [Math.min(x + width, this.width - 1), Math.min(y + height, this.height - 1)];
    for (let row = Math.floor(Math.max(0, y) / CELL_PX); row <= Math.floor(toY / CELL_PX); row++)
      for (let column = Math.floor(Math.max(0, x) / CELL_PX); column <= Math.floor(toX / CELL_PX); column++)
        if (!act(row * this.#wide + column)) return false;
    return true;
  }
}

export interface Named {
  name: string;
  x: number;
  y: number;
  /** Pixels from the middle to where the symbol ends. */
  clear: number;
  /** Of a track with an alert. */
  strong: boolean;
}

/** Boxes to the right and left of a symbol. */
function beside({ name, x, y, clear, strong }: Named): Box[] {
  const [width, height] = [name.length * (strong ? 7.4 : 6.2) + 4, strong ? 17 : 15];
  return [x + clear, x - clear - width].map((left) => ({ x: left, y: y - height / 2, width, height }));
}

/** Write the names that fit; taken: boxes that they may not cover. The first come first. */
export function paintNames(
  ctx: OffscreenCanvasRenderingContext2D,
  named: readonly Named[],
  taken: readonly Box[],
  size: { width: number; height: number },
  colours: Palette,
): void {
  const room = new Taken(size.width, size.height);
  taken.forEach((box) => room.mark(box));
  for (const { x, y, clear } of named) room.mark({ x: x - clear * 0.7, y: y - clear * 0.7, width: clear * 1.4, height: clear * 1.4 });
  ctx.lineWidth = 3;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = colours.ground;
  ctx.fillStyle = colours.text;
  let written = 0;
  for (const one of named) {
    if (written >= NAMES) return;
    const box = beside(one).find((place) => room.free(place));
    if (!box) continue;
    room.mark(box);
    ctx.font = one.strong ? `600 14px ${colours.font}` : `500 12px ${colours.font}`;
    ctx.strokeText(one.name, box.x, box.y + box.height - 3);
    ctx.fillText(one.name, box.x, box.y + box.height - 3);
    written += 1;
  }
}

/** The symbols as small pictures, each drawn once and then copied: a crowd's frames and glyphs cost a copy apiece. */
import type { Disposition, Glyph } from '../lib/disposition';
import { FRAMES, GLYPHS } from '../symbols/shapes';

/** The colours of the page's mode that a canvas draws with. */
export interface Palette {
  ink: Record<Disposition, string>;
  onFilled: string;
  ground: string;
  label: string;
  text: string;
  first: string;
  onFirst: string;
  firstText: string;
  dimNeutral: number;
  font: string;
}

const DISPOSITIONS: readonly Disposition[] = ['hostile', 'suspicious', 'unknown', 'pending', 'friendly', 'assumed_friendly', 'neutral'];

export function palette(of: Element): Palette {
  const style = getComputedStyle(of);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: Object.fromEntries(DISPOSITIONS.map((one) => [one, value(`--d-${one.replace('_friendly', '')}`)])) as Palette['ink'],
    onFilled: value('--on-disp'),
    ground: value('--map-land'),
    label: value('--map-label'),
    text: value('--text-2'),
    first: value('--p1'),
    onFirst: value('--on-p1'),
    firstText: value('--p1-text'),
    dimNeutral: Number(value('--dim-neutral') || 1),
    font: value('--font-map'),
  };
}

/** Half the side of a picture: the frame's 13 px, the badge beyond it, and the line's width. */
const HALF_PX = 20;
const TURNS = 36;

export interface Mark {
  disposition: Disposition;
  glyph: Glyph;
  courseDeg: number | null;
  claimed: boolean;
  coasting: boolean;
}

export class Sprites {
  readonly #made = new Map<string, OffscreenCanvas>();

  constructor(
    readonly palette: Palette,
    readonly scale: number,
    readonly pixelRatio: number,
  ) {}

  get half(): number {
    return HALF_PX * this.scale;
  }

  of(mark: Mark): OffscreenCanvas {
    const turn = GLYPHS[mark.glyph].turns ? Math.round(((mark.courseDeg ?? 0) / 360) * TURNS) % TURNS : 0;
    const key = `${mark.disposition} ${mark.glyph} ${turn} ${mark.claimed} ${mark.coasting}`;
    let found = this.#made.get(key);
    if (!found) this.#made.set(key, (found = this.#draw(mark, (turn / TURNS) * 2 * Math.PI)));
    return found;
  }

  #draw(mark: Mark, turn: number): OffscreenCanvas {
    const zoom = this.scale * this.pixelRatio;
    const canvas = new OffscreenCanvas(Math.ceil(2 * HALF_PX * zoom), Math.ceil(2 * HALF_PX * zoom));
    const ctx = canvas.getContext('2d');
    if (!ctx) return canvas;
    const neutral = mark.disposition === 'neutral';
    ctx.scale(zoom, zoom);
    ctx.translate(HALF_PX, HALF_PX);
    ctx.globalAlpha = (neutral ? this.palette.dimNeutral : 1) * (mark.coasting ? 0.6 : 1);
    if (neutral) ctx.scale(0.85, 0.85);
    this.#frame(ctx, mark.disposition);
    if (mark.claimed) this.#badge(ctx, mark.disposition);
    ctx.rotate(turn);
    this.#glyph(ctx, mark);
    return canvas;
  }

  #frame(ctx: OffscreenCanvasRenderingContext2D, disposition: Disposition): void {
    const { path, filled, dashed } = FRAMES[disposition];
    const shape = new Path2D(path);
    ctx.fillStyle = filled ? this.palette.ink[disposition] : this.palette.ground;
    ctx.strokeStyle = this.palette.ink[disposition];
    ctx.lineWidth = disposition === 'neutral' ? 1.8 : 2.2;
    ctx.setLineDash(dashed ? [3.4, 2.6] : []);
    ctx.fill(shape);
    ctx.stroke(shape);
    ctx.setLineDash([]);
  }

  #glyph(ctx: OffscreenCanvasRenderingContext2D, mark: Mark): void {
    const { fill, stroke } = GLYPHS[mark.glyph];
    const ink = FRAMES[mark.disposition].filled ? this.palette.onFilled : this.palette.ink[mark.disposition];
    ctx.lineWidth = 1.8;
    ctx.lineCap = ctx.lineJoin = 'round';
    ctx.strokeStyle = ctx.fillStyle = ink;
    if (stroke) ctx.stroke(new Path2D(stroke));
    if (fill) ctx.fill(new Path2D(fill));
  }

  #badge(ctx: OffscreenCanvasRenderingContext2D, disposition: Disposition): void {
    ctx.save();
    ctx.translate(11, -11);
    ctx.fillStyle = this.palette.ground;
    ctx.strokeStyle = this.palette.ink[disposition];
    ctx.lineWidth = 1.2;
    const ring = new Path2D('M-6 0A6 6 0 1 1 6 0A6 6 0 1 1-6 0Z');
    ctx.fill(ring);
    ctx.setLineDash([2, 1.4]);
    ctx.stroke(ring);
    ctx.setLineDash([]);
    ctx.lineWidth = 1.4;
    ctx.stroke(new Path2D('M-1.6-1.6Q-1.6-3.3 0-3.3Q1.7-3.3 1.7-1.8Q1.7-0.6 0 0.2V1.1M0 3V3.3'));
    ctx.restore();
  }
}

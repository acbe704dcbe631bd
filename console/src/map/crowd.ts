/**
 * The crowd: every track but the few, on one canvas. Elements of their own, as the few have, cost the browser some
 * 0.3 ms each and update; this costs a copy of a picture.
 */
import { glyph, type Disposition } from '../lib/disposition';
import { ELLIPSE_95, mercatorX, mercatorY, metresPerPixel, windowOf, type View, type Window } from '../lib/geo';
import type { Layer } from '../state/desk.svelte';
import type { Shown } from '../state/shown';
import type { Entry } from '../state/tracks';
import { Sprites, type Palette } from './sprites';
import { eachDot } from './trail';

/** Trails drawn: those nearest to the middle of the view. */
export const TRAILS = 300;
/** Seconds of course drawn ahead. */
const VECTOR_S = 30;
const LEAST_OVAL_PX = 4;
/** Ellipses in one path: the more, the fewer strokes, but a path of thousands is slow to fill. */
const OVALS_A_PATH = 64;
/** Symbols grow smaller with their number in view: at most so many at this scale. */
const SCALES: readonly (readonly [number, number])[] = [[150, 1], [600, 0.8], [Infinity, 0.62]];
/** Drawn in this order, the last on top. */
const ORDER: readonly Disposition[] = ['neutral', 'assumed_friendly', 'friendly', 'pending', 'unknown', 'suspicious', 'hostile'];

interface Seen {
  id: string;
  entry: Entry;
  x: number;
  y: number;
  /** Squared pixels from the middle of the view. */
  far: number;
}

export interface CrowdPicture {
  view: View;
  shown: Pick<Shown, 'tracks' | 'trails'>;
  /** Drawn elsewhere. */
  skip: ReadonlySet<string>;
  layers: Record<Layer, boolean>;
}

export class Crowd {
  #seen: Seen[] = [];
  #sprites: Sprites | null = null;

  /** How many are in view. */
  get drawn(): number {
    return this.#seen.length;
  }

  /** Pixels from a symbol's middle to its edge. */
  get half(): number {
    return this.#sprites?.half ?? 0;
  }

  /** Where they stand, the nearest to the middle first. */
  get places(): readonly Readonly<Seen>[] {
    return this.#seen;
  }

  paint(ctx: OffscreenCanvasRenderingContext2D, picture: CrowdPicture, colours: Palette, pixelRatio: number): void {
    const { view, shown, layers } = picture;
    const window = windowOf(view);
    this.#seen = inView(picture, window);
    const groups = grouped(this.#seen);
    for (const disposition of ORDER) {
      const members = groups.get(disposition) ?? [];
      ctx.fillStyle = ctx.strokeStyle = colours.ink[disposition];
      if (layers.trails) trails(ctx, members, shown, window, this.#seen[TRAILS]?.far ?? Infinity);
      if (layers.projections) vectors(ctx, members, view);
      ovals(ctx, members, view);
    }
    const sprites = this.#spritesFor(colours, pixelRatio);
    for (const disposition of ORDER) symbols(ctx, groups.get(disposition) ?? [], disposition, sprites);
  }

  #spritesFor(colours: Palette, pixelRatio: number): Sprites {
    const scale = SCALES.find(([most]) => this.#seen.length <= most)?.[1] ?? 1;
    const now = this.#sprites;
    if (now?.palette === colours && now.scale === scale && now.pixelRatio === pixelRatio) return now;
    return (this.#sprites = new Sprites(colours, scale, pixelRatio));
  }
}

function inView({ view, shown, skip }: CrowdPicture, { left, top, size }: Window): Seen[] {
  const seen: Seen[] = [];
  for (const [id, entry] of shown.tracks.all) {
    const [latitude, longitude] = [entry.latitude, entry.longitude];
    if (latitude === null || longitude === null || skip.has(id)) continue;
    const x = (mercatorX(longitude) - left) * size;
    const y = (mercatorY(latitude) - top) * size;
    if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
    const [dx, dy] = [x - view.width / 2, y - view.height / 2];
    seen.push({ id, entry, x, y, far: dx * dx + dy * dy });
  }
  return seen.sort((a, b) => a.far - b.far);
}

function grouped(seen: readonly Seen[]): Map<Disposition, Seen[]> {
  const groups = new Map<Disposition, Seen[]>(ORDER.map((one) => [one, []]));
  for (const one of seen) groups.get(one.entry.about.disposition)?.push(one);
  return groups;
}

function trails(ctx: OffscreenCanvasRenderingContext2D, members: readonly Seen[], shown: CrowdPicture['shown'], window: Window, beyond: number): void {
  for (const { id, far } of members) {
    const trail = far < beyond ? shown.trails.get(id) : undefined;
    if (trail) eachDot(trail, window, (x, y) => ctx.fillRect(Math.round(x) - 1, Math.round(y) - 1, 2, 2));
  }
}

function vectors(ctx: OffscreenCanvasRenderingContext2D, members: readonly Seen[], view: View): void {
  const scale = VECTOR_S / metresPerPixel(view);
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (const { entry, x, y } of members) {
    const [course, speed] = [entry.courseDeg, entry.speedMps];
    if (course === null || speed < 0.5) continue;
    const turn = (course * Math.PI) / 180;
    ctx.moveTo(x, y);
    ctx.lineTo(x + Math.sin(turn) * speed * scale, y - Math.cos(turn) * speed * scale);
  }
  ctx.stroke();
}

function ovals(ctx: OffscreenCanvasRenderingContext2D, members: readonly Seen[], view: View): void {
  const scale = ELLIPSE_95 / metresPerPixel(view);
  const large = members.filter(({ entry }) => entry.majorM * scale > LEAST_OVAL_PX);
  ctx.lineWidth = 1.2;
  for (let from = 0; from < large.length; from += OVALS_A_PATH) {
    ctx.beginPath();
    for (const { entry, x, y } of large.slice(from, from + OVALS_A_PATH)) {
      const [rx, ry, turn] = [entry.minorM * scale, entry.majorM * scale, (entry.azimuthDeg * Math.PI) / 180];
      ctx.moveTo(x + rx * Math.cos(turn), y + rx * Math.sin(turn));
      ctx.ellipse(x, y, rx, ry, turn, 0, 2 * Math.PI);
    }
    ctx.globalAlpha = 0.16;
    ctx.fill();
    ctx.globalAlpha = 0.85;
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

function symbols(ctx: OffscreenCanvasRenderingContext2D, members: readonly Seen[], disposition: Disposition, sprites: Sprites): void {
  const half = sprites.half;
  for (let i = members.length - 1; i >= 0; i--) {
    const one = members[i];
    if (!one) continue;
    const about = one.entry.about;
    const sprite = sprites.of({
      disposition,
      glyph: glyph(about),
      courseDeg: one.entry.courseDeg,
      claimed: about.cooperation === 'claimed',
      coasting: about.status === 'coasting',
    });
    ctx.drawImage(sprite, one.x - half, one.y - half, 2 * half, 2 * half);
  }
}

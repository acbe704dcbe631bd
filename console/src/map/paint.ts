/** On the canvas: the tracks with alerts that are not among the few, with their way ahead. */
import type { Layer } from '../state/desk.svelte';
import type { DrawnTrack, Oval } from './scene';
import type { Palette, Sprites } from './sprites';

function oval(ctx: OffscreenCanvasRenderingContext2D, { x, y, rx, ry, turn }: Oval, fill: number, stroke: number): void {
  ctx.beginPath();
  ctx.ellipse(x, y, rx, ry, (turn * Math.PI) / 180, 0, 2 * Math.PI);
  ctx.globalAlpha = fill;
  ctx.fill();
  ctx.globalAlpha = stroke;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

function wayAhead(ctx: OffscreenCanvasRenderingContext2D, one: DrawnTrack, colours: Palette): void {
  ctx.lineWidth = 1.5;
  if (one.corridor) {
    ctx.globalAlpha = 0.1;
    ctx.fill(new Path2D(one.corridor));
    ctx.globalAlpha = 1;
  }
  if (one.impact) {
    const { x, y } = one.impact.oval;
    ctx.setLineDash([3, 3]);
    oval(ctx, one.impact.oval, 0.16, 1);
    ctx.setLineDash([]);
    ctx.stroke(new Path2D(`M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}`));
  }
  if (one.projection) {
    ctx.setLineDash([7, 4]);
    ctx.stroke(new Path2D(one.projection));
    ctx.setLineDash([]);
    ctx.stroke(new Path2D(one.ticks));
  }
  if (one.vector) ctx.stroke(new Path2D(one.vector));
  if (one.crossing) {
    const ink = ctx.fillStyle;
    ctx.beginPath();
    ctx.arc(one.crossing.x, one.crossing.y, 4.5, 0, 2 * Math.PI);
    ctx.fillStyle = colours.ground;
    ctx.fill();
    ctx.fillStyle = ink;
    ctx.lineWidth = 2;
    ctx.stroke();
  }
}

/** Tracks with all that belongs to them, the first of them lowest. */
export function paintTracks(
  ctx: OffscreenCanvasRenderingContext2D,
  tracks: readonly DrawnTrack[],
  layers: Record<Layer, boolean>,
  sprites: Sprites,
): void {
  for (const one of tracks) {
    ctx.fillStyle = ctx.strokeStyle = sprites.palette.ink[one.disposition];
    if (layers.trails && one.trail) {
      ctx.lineWidth = 2.2;
      ctx.lineCap = 'round';
      ctx.stroke(new Path2D(one.trail));
      ctx.lineCap = 'butt';
    }
    if (layers.projections) wayAhead(ctx, one, sprites.palette);
    ctx.lineWidth = 1.2;
    if (one.oval) oval(ctx, one.oval, 0.16, 0.85);
  }
  const half = sprites.half;
  for (const { at, track, disposition, glyph } of tracks) {
    const mark = {
      disposition,
      glyph,
      courseDeg: track.course_true_deg,
      claimed: track.cooperation === 'claimed',
      coasting: track.status === 'coasting',
    };
    ctx.drawImage(sprites.of(mark), at.x - half, at.y - half, 2 * half, 2 * half);
  }
}

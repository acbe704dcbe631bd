/** A trail as dots: true fixes only, thinned from the newest back so that they do not run together. */
import type { Point } from '../lib/geo';

const APART_PX = 5.5;

export function trailDots(points: readonly Point[]): string {
  let data = '';
  let last: Point | null = null;
  for (const point of points) {
    if (last && Math.hypot(point.x - last.x, point.y - last.y) < APART_PX) continue;
    data += `M${point.x.toFixed(1)} ${point.y.toFixed(1)}h.01`;
    last = point;
  }
  return data;
}

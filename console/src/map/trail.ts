/** A trail as dots: true fixes only, thinned from the newest back so that they do not run together. */
import type { Window } from '../lib/geo';
import type { Trail } from '../state/trail';

const APART_PX = 5.5;

/** Calls `dot` with the pixels of each dot of a trail, the newest first. */
export function eachDot(trail: Trail, { left, top, size }: Window, dot: (x: number, y: number) => void): void {
  let [lastX, lastY] = [Infinity, Infinity];
  trail.backwards((mercatorX, mercatorY) => {
    const [x, y] = [(mercatorX - left) * size, (mercatorY - top) * size];
    const [dx, dy] = [x - lastX, y - lastY];
    if (dx * dx + dy * dy < APART_PX * APART_PX) return;
    dot(x, y);
    [lastX, lastY] = [x, y];
  });
}

/** The same as the data of an SVG path. */
export function trailDots(trail: Trail, window: Window): string {
  let data = '';
  eachDot(trail, window, (x, y) => (data += `M${x.toFixed(1)} ${y.toFixed(1)}h.01`));
  return data;
}

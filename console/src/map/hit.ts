/** Which track of the crowd is under the pointer: the crowd has no elements of its own to point at. */
import { mercatorX, mercatorY, windowOf, type View } from '../lib/geo';
import type { Tracks } from '../state/tracks';

/** How near the pointer must come. */
const HIT_PX = 14;

export function trackAt({ all }: Tracks, view: View, x: number, y: number): string | null {
  const { left, top, size } = windowOf(view);
  let [best, least] = [null as string | null, HIT_PX * HIT_PX];
  for (const [id, { latitude, longitude }] of all) {
    if (latitude === null || longitude === null) continue;
    const dx = (mercatorX(longitude) - left) * size - x;
    if (Math.abs(dx) > HIT_PX) continue;
    const dy = (mercatorY(latitude) - top) * size - y;
    const far = dx * dx + dy * dy;
    if (far < least) [best, least] = [id, far];
  }
  return best;
}

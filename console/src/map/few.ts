/** Which tracks are drawn as elements of the page, which one by one on the canvas, and which as a crowd. */
import type { AlertMark } from '../lib/disposition';
import type { Shown } from '../state/shown';

/** Up to so many in all, each is an element: it can be reached by the Tab key and read aloud. */
const ALL = 40;
/** Of more, so many of those with alerts are, and what is chosen or pointed at. */
const FEW = 8;
/** So many with alerts are drawn with their way ahead; the rest of them as the crowd is, but in their own frame. */
const ALERTED = 60;

export interface Parts {
  few: ReadonlySet<string>;
  alerted: ReadonlySet<string>;
}

const first = (alerts: readonly AlertMark[]): number => Math.min(...alerts.map((one) => one.priority));
const soonest = (alerts: readonly AlertMark[]): number => Math.min(...alerts.map((one) => one.time_to_s ?? Infinity));

/** held: chosen, or pointed at. */
export function parts({ tracks, alertsOn }: Pick<Shown, 'tracks' | 'alertsOn'>, held: readonly (string | null)[]): Parts {
  if (tracks.size <= ALL) return { few: new Set(tracks.keys()), alerted: new Set() };
  const worst = [...alertsOn]
    .filter(([id]) => tracks.has(id))
    .sort(([, a], [, b]) => first(a) - first(b) || soonest(a) - soonest(b))
    .map(([id]) => id);
  const few = new Set([...worst.slice(0, FEW), ...held.filter((id) => id !== null && tracks.has(id))] as string[]);
  return { few, alerted: new Set(worst.filter((id) => !few.has(id)).slice(0, ALERTED)) };
}

/** Alerts as they stood at an earlier time, from when they were raised, acknowledged and cleared. */
import type { Alert } from '../api/types';
import type { AlertMark } from '../lib/disposition';

export function marksAt(alerts: readonly Alert[], atMs: number): ReadonlyMap<string, readonly AlertMark[]> {
  const found = new Map<string, AlertMark[]>();
  for (const one of alerts) {
    const over = one.cleared_utc !== null && Date.parse(one.cleared_utc) <= atMs;
    if (one.track === null || over || Date.parse(one.raised_utc) > atMs) continue;
    const seen = one.acknowledged_utc !== null && Date.parse(one.acknowledged_utc) <= atMs;
    const mark: AlertMark = {
      track: one.track,
      priority: one.priority,
      state: seen ? 'acknowledged' : 'raised',
      acknowledged_utc: seen ? one.acknowledged_utc : null,
      time_to_s: null,
    };
    const on = found.get(one.track);
    if (on) on.push(mark);
    else found.set(one.track, [mark]);
  }
  return found;
}

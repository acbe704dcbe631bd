/** The alert queue's order: what needs an act first. */
import type { Alert } from '../api/types';

export interface Queue {
  /** Nobody has seen these yet: raised, or cleared before anyone did. Priority 1 first, then least time to act. */
  open: Alert[];
  /** Seen, and still true. */
  acknowledged: Alert[];
  /** The latest to be over and seen. */
  lastClosed: Alert | null;
}

const timeTo = (alert: Alert): number => (alert.state === 'cleared' ? Infinity : (alert.time_to_s ?? 1e6));

function byUrgency(a: Alert, b: Alert): number {
  const first = Number(a.priority > 1) - Number(b.priority > 1);
  const byTime = timeTo(a) === timeTo(b) ? 0 : timeTo(a) - timeTo(b);
  return first || byTime || a.priority - b.priority || (a.alert < b.alert ? -1 : 1);
}

export function queue(alerts: Iterable<Alert>): Queue {
  const all = [...alerts];
  const closed = all
    .filter((one) => one.state === 'cleared' && one.acknowledged_utc !== null)
    .sort((a, b) => (b.cleared_utc ?? '').localeCompare(a.cleared_utc ?? ''));
  return {
    open: all.filter((one) => one.acknowledged_utc === null).sort(byUrgency),
    acknowledged: all.filter((one) => one.state === 'acknowledged').sort(byUrgency),
    lastClosed: closed[0] ?? null,
  };
}

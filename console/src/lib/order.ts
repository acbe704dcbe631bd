/** The alert queue's order: what needs an act first. */
import type { Alert } from '../api/types';

export interface Queue {
  /** Nobody has seen these yet: raised, or cleared before anyone did. Priority 1 first, then least time to act. */
  open: Alert[];
  /** The one of them that shouts: the first unseen of priority 1. */
  hero: Alert | null;
  /** Seen, and still true. */
  acknowledged: Alert[];
  /** Over and seen: a person has yet to say what they were. The latest first. */
  awaiting: Alert[];
  /** Said to be nothing, for a while: the first to run out first. */
  dismissed: Alert[];
  /** The newest test alarm, as long as nobody has seen it; no other list and no count holds one. */
  test: Alert | null;
  /** The latest to be over and seen. */
  lastClosed: Alert | null;
}

/** Its rules no longer hold; what is left to be done about it is a person's. */
export const isOver = ({ state }: Pick<Alert, 'state'>): boolean => state === 'cleared' || state === 'awaiting_note' || state === 'closed';

const timeTo = (alert: Alert): number => (isOver(alert) ? Infinity : (alert.time_to_s ?? 1e6));

function byUrgency(a: Alert, b: Alert): number {
  const first = Number(a.priority > 1) - Number(b.priority > 1);
  const byTime = timeTo(a) === timeTo(b) ? 0 : timeTo(a) - timeTo(b);
  return first || byTime || a.priority - b.priority || (a.alert < b.alert ? -1 : 1);
}

const latestOver = (a: Alert, b: Alert): number => (b.cleared_utc ?? '').localeCompare(a.cleared_utc ?? '');

export function queue(given: Iterable<Alert>): Queue {
  const alerts = [...given];
  const all = alerts.filter((one) => !one.test);
  const tests = alerts.filter((one) => one.test).sort((a, b) => b.raised_utc.localeCompare(a.raised_utc));
  const closed = all
    .filter((one) => isOver(one) && one.acknowledged_utc !== null && one.state !== 'awaiting_note')
    .sort(latestOver);
  const open = all.filter((one) => one.acknowledged_utc === null).sort(byUrgency);
  return {
    open,
    hero: open.find((one) => one.priority === 1 && one.state === 'raised') ?? null,
    acknowledged: all.filter((one) => one.state === 'acknowledged').sort(byUrgency),
    awaiting: all.filter((one) => one.state === 'awaiting_note').sort(latestOver),
    dismissed: all
      .filter((one) => one.state === 'dismissed')
      .sort((a, b) => (a.dismissal?.until_utc ?? '').localeCompare(b.dismissal?.until_utc ?? '')),
    test: tests[0]?.acknowledged_utc === null ? tests[0] : null,
    lastClosed: closed[0] ?? null,
  };
}

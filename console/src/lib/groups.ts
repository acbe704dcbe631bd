/** A long queue in few lines: priority 1 and 2 in full, many of 3 and 4 by rule, with their number. */
import type { Alert } from '../api/types';

/** So many of priority 3 and 4 still stand one by one. */
export const SINGLE_MOST = 6;

/** One alert, or those of one rule. shown: the alerts that stand there as rows of their own. */
export interface Line {
  key: string;
  alert: Alert | null;
  rule: string;
  many: number;
  shown: readonly Alert[];
}

const single = (alert: Alert): Line => ({ key: alert.alert, alert, rule: alert.rule, many: 1, shown: [alert] });

/** Alerts by urgency → lines, the groups after all that stands alone, in the order of their most urgent. */
export function lines(alerts: readonly Alert[], expanded: readonly string[]): Line[] {
  const low = alerts.filter((one) => one.priority > 2);
  if (low.length <= SINGLE_MOST) return alerts.map(single);
  const byRule = new Map<string, Alert[]>();
  for (const one of low) {
    const members = byRule.get(one.rule);
    if (members) members.push(one);
    else byRule.set(one.rule, [one]);
  }
  const groups = [...byRule].flatMap(([rule, members]): Line[] => {
    if (members.length === 1) return members.map(single);
    const head: Line = { key: `rule ${rule}`, alert: null, rule, many: members.length, shown: [] };
    return expanded.includes(rule) ? [head, ...members.map(single)] : [head];
  });
  return [...alerts.filter((one) => one.priority <= 2).map(single), ...groups];
}

/** In slices, so that what is out of sight need not be drawn. */
export function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

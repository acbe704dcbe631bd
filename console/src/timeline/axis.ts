/** A strip's axis of time, in pixels: pure. */
import type { Alert } from '../api/types';

export interface Axis {
  fromMs: number;
  untilMs: number;
  width: number;
}

export const xOf = ({ fromMs, untilMs, width }: Axis, ms: number): number => ((ms - fromMs) / (untilMs - fromMs)) * width;
export const msOf = ({ fromMs, untilMs, width }: Axis, x: number): number => fromMs + (x / width) * (untilMs - fromMs);

const STEPS_S = [10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 86_400];
const APART_PX = 90;

/** Times to write under the axis: round, and far enough apart. */
export function marks(axis: Axis): number[] {
  const least = ((axis.untilMs - axis.fromMs) / axis.width) * APART_PX;
  const step = (STEPS_S.find((one) => one * 1000 >= least) ?? 86_400) * 1000;
  const found = [];
  for (let ms = Math.ceil(axis.fromMs / step) * step; ms < axis.untilMs; ms += step) found.push(ms);
  return found;
}

/** Ticks nearer than this join, with a count. */
const JOIN_PX = 6;

export interface Tick {
  x: number;
  /** The worst of them, then the first. */
  first: Alert;
  count: number;
}

export function ticks(axis: Axis, alerts: readonly Alert[]): Tick[] {
  const found: (Tick & { last: number })[] = [];
  const inOrder = [...alerts].sort((a, b) => a.raised_utc.localeCompare(b.raised_utc));
  for (const one of inOrder) {
    const x = xOf(axis, Date.parse(one.raised_utc));
    if (x < 0 || x > axis.width) continue;
    const near = found.at(-1);
    if (near && x - near.last < JOIN_PX) {
      near.count += 1;
      near.last = x;
      if (one.priority < near.first.priority) near.first = one;
    } else found.push({ x, last: x, first: one, count: 1 });
  }
  return found;
}

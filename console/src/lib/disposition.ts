/** What a track is held to be comes from the watch; here is how it is drawn. */
import type { Alert, Track } from '../api/types';
import { isOver } from './order';

export type Disposition = Track['disposition'];
export type Glyph = 'wing' | 'multi' | 'plane' | 'bird' | 'query';

/** As much of an alert as the map needs. */
export type AlertMark = Pick<Alert, 'track' | 'priority' | 'state' | 'acknowledged_utc' | 'time_to_s'>;

export function isOpen(alert: Pick<Alert, 'state'>): boolean {
  return !isOver(alert) && alert.state !== 'dismissed';
}

const GLYPHS: Record<string, Glyph> = {
  uav_fixed_wing: 'wing',
  uav_rotary: 'multi',
  uav: 'multi',
  manned: 'plane',
  bird: 'bird',
};

/** Class glyph; a class no more likely than even is not shown as if it were known. */
export function glyph(track: Pick<Track, 'class' | 'p_class'>): Glyph {
  return track.p_class >= 0.5 ? (GLYPHS[track.class] ?? 'query') : 'query';
}

/** Priority a track is drawn and labelled at: that of its worst open alert, 4 without one. */
export function trackPriority(track: Track, alerts: readonly AlertMark[]): number {
  return Math.min(4, ...alerts.filter((one) => one.track === track.track && isOpen(one)).map((one) => one.priority));
}

/** Whether its way ahead is drawn: it is held suspicious or hostile, or an alert of priority 1 or 2 stands on it. */
export function threatens(track: Track, alerts: readonly AlertMark[]): boolean {
  return track.disposition === 'suspicious' || track.disposition === 'hostile' || trackPriority(track, alerts) <= 2;
}

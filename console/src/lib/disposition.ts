/**
 * Which frame a track is drawn in. The machine never says hostile: that takes a person, and has no way in yet.
 * suspicious: an open alert of priority 1 or 2 stands on it. Everything else follows from identity and class.
 */
import type { Alert, Track } from '../api/types';
import { isOver } from './order';

export type Disposition = 'hostile' | 'suspicious' | 'unknown' | 'pending' | 'friendly' | 'assumed' | 'neutral';
export type Glyph = 'wing' | 'multi' | 'plane' | 'bird' | 'query';

/** A track younger than this, or less sure to exist, is still pending. */
const SETTLED_S = 4;
const SETTLED_P = 0.8;

export function isOpen(alert: Alert): boolean {
  return !isOver(alert) && alert.state !== 'dismissed';
}

function known(track: Track): Disposition | null {
  if (track.identity?.startsWith('own:')) return track.cooperation === 'cooperative' ? 'friendly' : 'assumed';
  if (track.class === 'bird') return 'neutral';
  return track.cooperation === 'cooperative' ? 'neutral' : null;
}

export function disposition(track: Track, alerts: readonly Alert[]): Disposition {
  const threat = alerts.some((one) => one.track === track.track && isOpen(one) && one.priority <= 2);
  if (threat) return 'suspicious';
  const settled = known(track);
  if (settled) return settled;
  const age = (Date.parse(track.time_utc) - Date.parse(track.first_utc)) / 1000;
  return age < SETTLED_S || track.p_exists < SETTLED_P ? 'pending' : 'unknown';
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
export function trackPriority(track: Track, alerts: readonly Alert[]): number {
  return Math.min(4, ...alerts.filter((one) => one.track === track.track && isOpen(one)).map((one) => one.priority));
}

/** Which tracks the list shows, and in what order. */
import { shortId } from '../lib/format';
import type { TrackAbout } from '../api/types';

/** What an officer looks at first stands first. */
const RANK: Readonly<Record<string, number>> = {
  hostile: 0,
  suspicious: 1,
  unknown: 2,
  pending: 3,
  assumed_friendly: 4,
  friendly: 5,
  neutral: 6,
};
const LAST = 7;

export const rankOf = (disposition: string): number => RANK[disposition] ?? LAST;

/** Every word of `asked` stands somewhere in id, call sign, identity, class or disposition. */
export function isAsked(about: TrackAbout, asked: string, site: string, className: (name: string) => string): boolean {
  const said = [shortId(about.track, site), about.callsign, about.identity, className(about.class), about.disposition.replace('_', ' ')];
  const text = said.filter(Boolean).join(' ').toLowerCase();
  return asked
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function inOrder(abouts: readonly TrackAbout[]): TrackAbout[] {
  return [...abouts].sort((a, b) => rankOf(a.disposition) - rankOf(b.disposition) || a.track.localeCompare(b.track));
}

/** What an alert can be said to be, and the key for each. */
import type { ClosingName, ReasonName } from '../api/types';

const REASONS: readonly ReasonName[] = ['bird', 'own_drone', 'manned_aircraft', 'clutter', 'star_or_planet', 'test', 'other'];

/** Key and reason; of one that is over, also that it was real. */
export const choices = (over: boolean): readonly (readonly [string, ClosingName])[] => [
  ...(over ? [['0', 'real'] as const] : []),
  ...REASONS.map((one, at) => [String(at + 1), one] as const),
];

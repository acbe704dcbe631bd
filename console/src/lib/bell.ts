/** When the alarm sounds, as pure logic: what is due now, from what is open, what was sounded and whether it is muted.
 *
 *  Priority 1: three rising tones, again each 10 s until it is acknowledged. Priority 2: one tone. 3 and 4: none.
 *  Link or feed lost while a priority 1 is open: two falling tones, once. Muted, nothing sounds for a minute; a new
 *  priority 1 breaks that, a test alarm does not. */
import type { Alert } from '../api/types';

export const REPEAT_MS = 10_000;
export const MUTE_MS = 60_000;

export type Call = 'act' | 'soon' | 'lost';

/** A tone: when it begins, its pitch and its length. */
export interface Tone {
  atS: number;
  hertz: number;
  lengthS: number;
}

const tone = (atS: number, hertz: number): Tone => ({ atS, hertz, lengthS: 0.16 });

export const TONES: Record<Call, readonly Tone[]> = {
  act: [tone(0, 660), tone(0.2, 880), tone(0.4, 1175)],
  soon: [tone(0, 740)],
  lost: [tone(0, 660), tone(0.24, 440)],
};

export interface Bell {
  /** Alerts that have sounded, or were there while muted, each at its priority: more pressing than before is news. */
  known: ReadonlySet<string>;
  actMs: number | null;
  mutedUntilMs: number | null;
  lost: boolean;
}

export const SILENT: Bell = { known: new Set(), actMs: null, mutedUntilMs: null, lost: false };

export interface Scene {
  nowMs: number;
  /** Alerts that nobody has seen, and that are still on. */
  raised: readonly Pick<Alert, 'alert' | 'priority' | 'test'>[];
  /** The link, or a feed, is lost. */
  lost: boolean;
  /** The picture has ended: what still stands in it is not called again. */
  ended: boolean;
}

const at = (one: Scene['raised'][number]): string => `${one.alert} ${one.priority}`;

/** An alert as loud as it sounds: one that closed in after it was dismissed, as priority 1. */
export const heard = ({ alert, priority, test, back }: Alert): Scene['raised'][number] => ({
  alert,
  priority: back?.loud ? 1 : priority,
  test,
});

/** What is to be sounded now, null for nothing, and the bell afterwards. */
export function ring(bell: Bell, scene: Scene): { call: Call | null; bell: Bell } {
  const fresh = scene.raised.filter((one) => one.priority <= 2 && !bell.known.has(at(one)));
  const breaks = fresh.some((one) => one.priority === 1 && !one.test);
  const mutedUntilMs = breaks || isOver(bell, scene.nowMs) ? null : bell.mutedUntilMs;
  const act = scene.raised.filter((one) => one.priority === 1);
  const call = dueCall(bell, scene, fresh, act.length > 0);
  const actMs = act.length === 0 ? null : call === 'act' ? scene.nowMs : bell.actMs;
  return {
    call: mutedUntilMs === null ? call : null,
    bell: { known: new Set(scene.raised.map(at)), actMs, mutedUntilMs, lost: scene.lost },
  };
}

export const mute = (bell: Bell, nowMs: number): Bell => ({ ...bell, mutedUntilMs: nowMs + MUTE_MS });

export const unmute = (bell: Bell): Bell => ({ ...bell, mutedUntilMs: null });

/** Seconds that it stays muted, null when it is not. */
export const mutedS = (bell: Bell, nowMs: number): number | null =>
  bell.mutedUntilMs === null || isOver(bell, nowMs) ? null : (bell.mutedUntilMs - nowMs) / 1000;

function isOver(bell: Bell, nowMs: number): boolean {
  return bell.mutedUntilMs !== null && nowMs >= bell.mutedUntilMs;
}

function dueCall(bell: Bell, scene: Scene, fresh: Scene['raised'], open: boolean): Call | null {
  if (fresh.some((one) => one.priority === 1)) return 'act';
  if (scene.lost && !bell.lost && open) return 'lost';
  if (fresh.length > 0) return 'soon';
  return open && !scene.ended && bell.actMs !== null && scene.nowMs - bell.actMs >= REPEAT_MS ? 'act' : null;
}

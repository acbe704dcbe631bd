import { describe, expect, it } from 'vitest';
import { MUTE_MS, REPEAT_MS, SILENT, TONES, type Bell, type Call, type Scene, heard, mute, mutedS, ring, unmute } from '../src/lib/bell';
import { alert } from './samples';

const drone = { alert: 'a', priority: 1, test: false };
const soon = { alert: 'b', priority: 2, test: false };
const know = { alert: 'c', priority: 3, test: false };
const test = { alert: 't', priority: 1, test: true };

/** Rings through scenes; each is what changed since the one before. */
function through(...scenes: Partial<Scene>[]): { calls: (Call | null)[]; bell: Bell } {
  let scene: Scene = { nowMs: 0, raised: [], lost: false, ended: false };
  let bell = SILENT;
  const calls = scenes.map((change) => {
    scene = { ...scene, ...change };
    const rung = ring(bell, scene);
    bell = rung.bell;
    return rung.call;
  });
  return { calls, bell };
}

describe('the alarm', () => {
  it('calls a priority 1 at once and again until somebody has seen it', () => {
    const { calls } = through(
      { raised: [drone] },
      { nowMs: REPEAT_MS - 1 },
      { nowMs: REPEAT_MS },
      { nowMs: REPEAT_MS + 1 },
      { nowMs: 2 * REPEAT_MS },
      { nowMs: 3 * REPEAT_MS, raised: [] },
    );
    expect(calls).toEqual(['act', null, 'act', null, 'act', null]);
  });
  it('calls a priority 2 once, and lower ones never', () => {
    const { calls } = through({ raised: [soon, know] }, { nowMs: REPEAT_MS }, { raised: [know, { ...soon, alert: 'd' }] });
    expect(calls).toEqual(['soon', null, 'soon']);
  });
  it('calls a test as it calls a drone', () => {
    expect(through({ raised: [test] }, { nowMs: REPEAT_MS }).calls).toEqual(through({ raised: [drone] }, { nowMs: REPEAT_MS }).calls);
  });
  it('says when the link is lost under an open priority 1, once, and not without one', () => {
    expect(through({ raised: [drone] }, { nowMs: 200, lost: true }, { nowMs: 400 }).calls).toEqual(['act', 'lost', null]);
    expect(through({ lost: true }, { raised: [know] }).calls).toEqual([null, null]);
  });
  it('does not call again what stands in a picture that has ended, but does call a test there', () => {
    const { calls } = through({ raised: [drone] }, { ended: true, nowMs: REPEAT_MS }, { raised: [drone, test], nowMs: REPEAT_MS + 200 });
    expect(calls).toEqual(['act', null, 'act']);
  });
});

describe('what presses more, or is back', () => {
  it('is called when an unseen alert rises in priority', () => {
    expect(through({ raised: [know] }, { raised: [{ ...know, priority: 2 }] }, { raised: [{ ...know, priority: 1 }] }).calls).toEqual([
      null,
      'soon',
      'act',
    ]);
  });
  it('is as loud as priority 1 when it closed in, and again when it comes back again', () => {
    const back = { cause: 'closing', why: '', loud: true, at_utc: '', by: null } as const;
    const loud = heard(alert({ priority: 3, back }));
    expect(through({ raised: [loud] }, { raised: [] }, { raised: [loud] }).calls).toEqual(['act', null, 'act']);
    expect(heard(alert({ priority: 3, back: { ...back, loud: false } })).priority).toBe(3);
  });
});

describe('mute', () => {
  const muted = mute(through({ raised: [drone] }).bell, 1000);
  const at = (nowMs: number, raised: Scene['raised']) => ring(muted, { nowMs, raised, lost: false, ended: false });

  it('keeps still for a minute, and counts it down', () => {
    expect(at(1000 + REPEAT_MS, [drone]).call).toBeNull();
    expect(mutedS(muted, 1000 + MUTE_MS - 17_000)).toBe(17);
    expect(mutedS(muted, 1000 + MUTE_MS)).toBeNull();
    expect(at(1000 + MUTE_MS, [drone]).call).toBe('act');
  });
  it('is broken by a new priority 1', () => {
    const { call, bell } = at(2000, [drone, { ...drone, alert: 'new' }]);
    expect([call, mutedS(bell, 2000)]).toEqual(['act', null]);
  });
  it('is not broken by a test, nor by a priority 2', () => {
    const { call, bell } = at(2000, [drone, test, soon]);
    expect([call, mutedS(bell, 2000)]).toEqual([null, 59]);
  });
  it('ends at a wish', () => {
    expect(mutedS(unmute(muted), 2000)).toBeNull();
  });
});

it('tones rise to act and fall when something is lost', () => {
  const pitches = (call: Call): number[] => TONES[call].map((one) => one.hertz);
  expect(pitches('act')).toEqual([...pitches('act')].sort((a, b) => a - b));
  expect(pitches('act')).toHaveLength(3);
  expect(pitches('soon')).toHaveLength(1);
  expect(pitches('lost')).toEqual([...pitches('lost')].sort((a, b) => b - a));
});

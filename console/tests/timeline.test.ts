import { describe, expect, it } from 'vitest';
import type { PastPoint } from '../src/api/types';
import { marksAt } from '../src/state/marks';
import { PRESENT_S, Player } from '../src/state/player';
import { marks, msOf, ticks, xOf } from '../src/timeline/axis';
import { alert } from './samples';

const point = (track: string, observed_s: number, change: Partial<PastPoint> = {}): PastPoint => ({
  track,
  observed_s,
  latitude_deg: 36.2,
  longitude_deg: 43.9,
  altitude_ellipsoid_m: 500,
  velocity_east_mps: 10,
  velocity_north_mps: 0,
  velocity_up_mps: 0,
  sigma_position_m: 9,
  p_exists: 0.99,
  status: 'confirmed',
  class: 'uav',
  p_class: 0.9,
  identity: null,
  sensors: [],
  ...change,
});
const all = Array.from({ length: 400 }, (_, s) => [point('a', s), ...(s < 100 ? [point('b', s)] : [])]).flat();

/** What the store does: hands the player the points between where it stands and where it is to be. */
function moved(player: Player, toS: number) {
  const from = player.from(toS);
  return player.move(toS, all.filter((one) => one.observed_s > from && one.observed_s <= toS));
}

describe('the player', () => {
  it('shows what was up at a time, wherever it comes from', () => {
    const player = new Player();
    expect([...moved(player, 50).keys()]).toEqual(['a', 'b']);
    expect([...moved(player, 300).keys()]).toEqual(['a']);
    expect([...moved(player, 99.5).keys()].sort()).toEqual(['a', 'b']);
    expect(player.trails.get('b')?.length).toBeGreaterThan(90);
  });
  it('is the same played through as leapt to', () => {
    const [played, leapt] = [new Player(), new Player()];
    for (let s = 0; s <= 200; s += 0.25) moved(played, s);
    const [a, b] = [moved(played, 200).get('a'), moved(leapt, 200).get('a')];
    expect(a).toEqual(b);
    expect(played.trails.get('a')?.length).toBe(leapt.trails.get('a')?.length);
  });
  it('lets a track go when its last point is old, and says only what was recorded', () => {
    const player = new Player();
    expect(moved(player, 99 + PRESENT_S).has('b')).toBe(true);
    expect(moved(player, 99 + PRESENT_S + 0.5).has('b')).toBe(false);
    expect(moved(player, 110).get('a')).toMatchObject({ reasons: [], approaches: [], altitude_msl_m: null, course_true_deg: 90 });
  });
});

describe('alerts of a time', () => {
  const one = alert({ raised_utc: '2021-09-11T20:00:10Z', acknowledged_utc: '2021-09-11T20:00:20Z', cleared_utc: '2021-09-11T20:00:40Z', state: 'cleared' });
  const at = (second: number) => marksAt([one], Date.parse(`2021-09-11T20:00:${second}Z`)).get('test-T-0001')?.[0];
  it('stand as they stood then, not as they ended', () => {
    expect(at(10)?.state).toBe('raised');
    expect(at(15)?.acknowledged_utc).toBeNull();
    expect(at(25)?.state).toBe('acknowledged');
    expect(at(40)).toBeUndefined();
  });
});

describe('the axis', () => {
  const axis = { fromMs: 0, untilMs: 3_600_000, width: 900 };
  it('goes to pixels and back', () => {
    expect(msOf(axis, xOf(axis, 1_234_000))).toBeCloseTo(1_234_000);
  });
  it('has round marks that do not run together', () => {
    const xs = marks(axis).map((ms) => xOf(axis, ms));
    expect(xs.length).toBeGreaterThan(3);
    expect(Math.min(...xs.slice(1).map((x, i) => x - (xs[i] ?? 0)))).toBeGreaterThanOrEqual(90);
  });
  it('joins ticks that are near, and the worst of them gives its mark', () => {
    const raised = (second: number, priority: number) =>
      alert({ alert: `A${second}`, priority, raised_utc: new Date(second * 1000).toISOString() });
    const found = ticks(axis, [raised(100, 3), raised(110, 1), raised(120, 2), raised(2000, 4), raised(9000, 1)]);
    expect(found.map((one) => [one.first.alert, one.count])).toEqual([['A110', 3], ['A2000', 1]]);
  });
});

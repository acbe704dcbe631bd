import { describe, expect, it } from 'vitest';
import { glyph, threatens, trackPriority } from '../src/lib/disposition';
import { FRAMES } from '../src/symbols/shapes';
import { age, clockTime, countdown, distance, longDate, probability, shortId, shortened, zoneOffset } from '../src/lib/format';
import { acrossCourse, metresPerPixel, offset, project, scaleLength, span, type View } from '../src/lib/geo';
import { queue } from '../src/lib/order';
import { alert, track } from './samples';
import { sparkline } from '../src/lib/sparkline';

describe('numbers', () => {
  it('writes countdowns, and never one that it does not know', () => {
    expect(countdown(48.9)).toBe('0:48');
    expect(countdown(3725)).toBe('1:02 h');
    expect(countdown(-3)).toBe('0:00');
    expect(countdown(null)).toBe('–:––');
    expect(countdown(Number.NaN)).toBe('–:––');
  });
  it('rounds distances as an officer would say them', () => {
    expect(distance(2940)).toBe('2.9 km');
    expect(distance(847)).toBe('850 m');
    expect(distance(14_400)).toBe('14 km');
    expect(distance(null)).toBe('–');
  });
  it('calls no probability certain', () => {
    expect([probability(0), probability(0.5), probability(1)]).toEqual(['< 0.01', '0.50', '> 0.99']);
  });
  it('gives ages and ids', () => {
    expect([age(0.44), age(12.6), age(75), age(null)]).toEqual(['0.4 s', '12 s', '1:15', '–']);
    expect(shortId('erbil-T-0007', 'erbil')).toBe('T-0007');
    expect(shortId('split-T-0007', 'erbil')).toBe('split-T-0007');
  });
  it('knows the site’s own time', () => {
    const at = Date.parse('2021-09-11T20:43:00Z');
    expect(clockTime(at, 'Asia/Baghdad')).toBe('23:43:00');
    expect(zoneOffset(at, 'Asia/Baghdad')).toBe('+03');
    expect(zoneOffset(at, 'Asia/Kolkata')).toBe('+05:30');
    expect(longDate(at, 'Asia/Baghdad')).toBe('Sat 11 Sep 2021');
  });
});

describe('geometry', () => {
  const view: View = { longitude: 43.96, latitude: 36.24, zoom: 12, width: 800, height: 600 };
  it('puts the centre in the middle and north up', () => {
    expect(project(view, { longitude: 43.96, latitude: 36.24 })).toEqual({ x: 400, y: 300 });
    const north = project(view, offset({ longitude: 43.96, latitude: 36.24 }, 0, 1000));
    expect(north.x).toBeCloseTo(400, 5);
    expect((300 - north.y) * metresPerPixel(view)).toBeCloseTo(1000, -1);
  });
  it('measures back what it offset', () => {
    const from = { longitude: 43.96, latitude: 36.24 };
    for (const azimuth of [0, 45, 133, 270]) expect(span(from, offset(from, azimuth, 2500))).toBeCloseTo(2500, 0);
  });
  it('takes an ellipse’s width across the course', () => {
    expect(acrossCourse(40, 10, 45, 45)).toBeCloseTo(10);
    expect(acrossCourse(40, 10, 135, 45)).toBeCloseTo(40);
  });
  it('chooses a round scale bar that fits', () => {
    const length = scaleLength(view, 160);
    expect(length / metresPerPixel(view)).toBeLessThanOrEqual(160);
    expect(String(length)).toMatch(/^[125]0*$/);
  });
});

describe('disposition', () => {
  it('draws the way ahead of what is held a threat, or alerted', () => {
    expect(threatens(track({ disposition: 'suspicious' }), [])).toBe(true);
    expect(threatens(track({ disposition: 'hostile' }), [])).toBe(true);
    expect(threatens(track({ disposition: 'friendly' }), [])).toBe(false);
    expect(threatens(track({ disposition: 'friendly' }), [alert()])).toBe(true);
  });
  it('gives every disposition a frame of its own', () => {
    const seen = Object.values(FRAMES).map((one) => `${one.path} ${one.filled} ${one.dashed}`);
    expect(new Set(seen).size).toBe(seen.length);
  });
  it('shows no class that is less likely than not', () => {
    expect(glyph(track({ p_class: 0.4 }))).toBe('query');
    expect(glyph(track())).toBe('wing');
  });
  it('draws a track at its worst open alert', () => {
    const two = [alert({ priority: 3 }), alert({ alert: 'b', priority: 2 }), alert({ alert: 'c', state: 'cleared' })];
    expect(trackPriority(track(), two)).toBe(2);
    expect(trackPriority(track(), [])).toBe(4);
  });
});

describe('queue', () => {
  it('puts priority 1 first, then the least time to act', () => {
    const rows = [
      alert({ alert: 'late', time_to_s: 90 }),
      alert({ alert: 'three', priority: 3, time_to_s: 5 }),
      alert({ alert: 'soon', time_to_s: 20 }),
      alert({ alert: 'off', time_to_s: null }),
      alert({ alert: 'unseen', state: 'cleared', time_to_s: null }),
    ];
    expect(queue(rows).open.map((one) => one.alert)).toEqual(['soon', 'late', 'off', 'unseen', 'three']);
  });
  it('keeps what nobody saw, and moves what somebody did', () => {
    const seen = { acknowledged_utc: '2021-09-11T20:42:10.000Z', acknowledged_by: 'x' };
    const found = queue([
      alert({ alert: 'a', state: 'cleared', cleared_utc: '2021-09-11T20:43:00.000Z' }),
      alert({ alert: 'b', state: 'acknowledged', ...seen }),
      alert({ alert: 'c', state: 'cleared', cleared_utc: '2021-09-11T20:44:00.000Z', ...seen }),
    ]);
    expect(found.open.map((one) => one.alert)).toEqual(['a']);
    expect(found.acknowledged.map((one) => one.alert)).toEqual(['b']);
    expect(found.lastClosed?.alert).toBe('c');
  });
});

describe('a test alarm', () => {
  const tried = alert({ alert: 'test-TEST-0001', test: true, track: null });
  it('stands apart, and is counted nowhere', () => {
    const found = queue([alert(), tried]);
    expect(found.test?.alert).toBe('test-TEST-0001');
    expect(found.open.map((one) => one.alert)).toEqual(['test-A-0001']);
  });
  it('stays until somebody has seen it, and is gone then', () => {
    expect(queue([{ ...tried, state: 'cleared' }]).test?.alert).toBe('test-TEST-0001');
    const seen = queue([{ ...tried, state: 'cleared', acknowledged_utc: '2021-09-11T20:42:00.000Z', cleared_utc: '2021-09-11T20:42:00.000Z' }]);
    expect([seen.test, seen.acknowledged, seen.lastClosed]).toEqual([null, [], null]);
  });
});

describe('a sparkline', () => {
  const at = (...values: (number | null)[]): { s: number; value: number | null }[] => values.map((value, s) => ({ s, value }));
  it('runs from the first to the last value, higher values higher up', () => {
    expect(sparkline(at(0, 10, 20), 100, 20, 1)).toEqual({ path: 'M0.0 20.0L50.0 10.0L100.0 0.0', least: 0, most: 20 });
  });
  it('keeps small changes small, about the middle', () => {
    expect(sparkline(at(5, 6), 100, 20, 10)?.path).toBe('M0.0 11.0L100.0 9.0');
  });
  it('passes over what is not known, and says nothing of one value', () => {
    expect(sparkline(at(1, null, 3), 100, 20, 1)?.path).toBe('M0.0 20.0L100.0 0.0');
    expect(sparkline(at(null, 3, null), 100, 20, 1)).toBeNull();
  });
});

describe('a name where there is little room', () => {
  it('stands whole, or by its beginning', () => {
    expect(shortened('Tower', 8)).toBe('Tower');
    expect(shortened('North tower', 8)).toBe('North t…');
    expect(shortened('North of the tower', 7)).toBe('North…');
  });
  it('is cut between letters', () => expect(shortened('🛩🛩🛩🛩', 3)).toBe('🛩🛩…'));
});

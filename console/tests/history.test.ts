import { describe, expect, it } from 'vitest';
import type { PastIncident, Site } from '../src/api/types';
import { planOf } from '../src/history/plan';
import { meanWords } from '../src/history/rhythm';
import { sector } from '../src/history/rose';

const past = (change: Partial<PastIncident>): PastIncident => ({
  id: 'x',
  site: 's',
  source: 'watch',
  origin: 'live',
  timezone: 'UTC',
  opened_utc: '2021-09-11T20:43:00Z',
  opened_local: '2021-09-11T20:43:00+00:00',
  closed_utc: null,
  kinds: [],
  aircraft: null,
  azimuth_true_deg: null,
  latitude_deg: null,
  longitude_deg: null,
  place: null,
  zones: [],
  serials: [],
  attribution: 'unclaimed',
  summary: '',
  ...change,
});

const square = (half: number): number[][] => [
  [-half, -half],
  [half, -half],
  [half, half],
  [-half, half],
  [-half, -half],
];

const site = (longitude = 0): Site =>
  ({
    latitude_deg: 0,
    longitude_deg: longitude,
    geometry: [
      { role: 'perimeter', outline: { type: 'Polygon', coordinates: [square(0.01).map(([x = 0, y = 0]) => [x + longitude, y])] } },
      { role: 'warning', outline: { type: 'Polygon', coordinates: [square(1)] } },
    ],
  }) as unknown as Site;

describe('the plan of past incidents', () => {
  it('puts north up and east right, and counts what it cannot show', () => {
    const plan = planOf(site(), [
      past({ id: 'ne', latitude_deg: 0.005, longitude_deg: 0.004, place: 'inside' }),
      past({ id: 'far', latitude_deg: 5, longitude_deg: 5 }),
      past({ id: 'nowhere' }),
    ]);
    expect(plan.marks).toHaveLength(1);
    expect(plan.marks[0]).toMatchObject({ id: 'ne', fell: true, inside: true });
    expect(plan.marks[0]?.x).toBeCloseTo(445.3, 1);
    expect(plan.marks[0]?.y).toBeCloseTo(-556.6, 1);
    expect([plan.beyond, plan.unplaced, plan.outlines.length]).toEqual([1, 1, 1]);
  });
  it('holds across the antimeridian', () => {
    const plan = planOf(site(179.995), [past({ id: 'east', latitude_deg: 0, longitude_deg: -179.995 })]);
    expect(plan.marks[0]?.x).toBeCloseTo(1113.2, 1);
  });
});

describe('the rose', () => {
  it('draws the north about the top', () => {
    expect(sector(0, 80)).toBe('M0 0L-30.61 -73.91A80.00 80.00 0 0 1 30.61 -73.91Z');
  });
});

describe('a rhythm in words', () => {
  it('says time, day and time, or degrees', () => {
    expect(meanWords('day', 23.999)).toBe('00:00');
    expect(meanWords('week', 5 * 24 + 23.75)).toBe('Sat 23:45');
    expect(meanWords('direction', 359.7)).toBe('000°');
  });
});

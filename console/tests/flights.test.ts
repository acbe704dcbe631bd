import { describe, expect, it } from 'vitest';
import type { Flight } from '../src/api/types';
import { fromLocal, numberOf, ordered, toLocal } from '../src/lib/flights';

const flight = (change: Partial<Flight>): Flight => ({
  flight: 'test-O-0001',
  key: null,
  who: 'Survey team',
  identities: [],
  geometry: { type: 'Point', coordinates: [43.9, 36.2] },
  radius_m: 300,
  floor_height_agl_m: null,
  ceiling_height_agl_m: 120,
  from_utc: '2026-03-01T05:00:00.000Z',
  from_local: '2026-03-01T08:00:00+03:00',
  until_utc: '2026-03-01T06:00:00.000Z',
  until_local: '2026-03-01T09:00:00+03:00',
  note: '',
  state: 'expected',
  since_utc: '2026-03-01T05:00:00.000Z',
  since_local: null,
  track: null,
  matched: null,
  p: null,
  why: null,
  by: null,
  role: null,
  ...change,
});

describe('own flights', () => {
  it('puts first what asks for somebody, then the earlier', () => {
    const rows = [
      flight({ flight: 'late', from_utc: '2026-03-01T07:00:00.000Z' }),
      flight({ flight: 'early' }),
      flight({ flight: 'over', state: 'ended' }),
      flight({ flight: 'outside', state: 'outside' }),
      flight({ flight: 'overdue', state: 'overdue' }),
    ];
    expect(ordered(rows).map((one) => one.flight)).toEqual(['overdue', 'outside', 'early', 'late', 'over']);
  });
  it('reads and writes times of the site, over a change of clocks too', () => {
    expect(fromLocal('2026-03-01 08:00', 'Asia/Baghdad')).toBe(Date.parse('2026-03-01T05:00:00Z'));
    expect(fromLocal('2026-03-29T03:30', 'Europe/Zagreb')).toBe(Date.parse('2026-03-29T01:30:00Z'));
    expect(fromLocal('2026-01-01T00:00', 'America/St_Johns')).toBe(Date.parse('2026-01-01T03:30:00Z'));
    expect(toLocal(Date.parse('2026-03-01T05:00:00Z'), 'Asia/Baghdad')).toBe('2026-03-01 08:00');
    expect(fromLocal('', 'UTC')).toBeNull();
    expect(fromLocal('2026-13-01 08:00', 'UTC')).toBeNull();
  });
  it('takes numbers as people type them', () => {
    expect(numberOf(' 36,25 ')).toBe(36.25);
    expect(numberOf('')).toBeNull();
    expect(numberOf('high')).toBeNull();
  });
});

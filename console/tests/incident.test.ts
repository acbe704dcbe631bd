import { describe, expect, it } from 'vitest';
import type { Claim, Entry, MapFeature, Statement } from '../src/api/dossier';
import type { IncidentDocument } from '../src/api/types';
import { chart } from '../src/incident/chart';
import { askedQuestions, conflicts, current, ended, lights, outdated, standing, voices } from '../src/incident/facts';
import { siteTime } from '../src/lib/sitetime';

const claim = (of: Partial<Claim>): Claim => ({
  id: 'erbil-CL-0001',
  subject: 'count',
  value: '2',
  source: 'Service',
  where: 'broadcast',
  published_utc: null,
  grade: 'C3',
  by: 'Operator 1',
  note: '',
  entered_utc: '2021-09-11T21:00:00Z',
  conflict: false,
  agrees: null,
  withdrawn: null,
  ...of,
});

const entry = (of: Partial<Entry>): Entry => ({
  id: 'erbil-EF-0001',
  effect: 'injuries',
  state: 'none_reported',
  value: null,
  by: 'Operator 1',
  role: null,
  source: null,
  how: '',
  at_utc: '2021-09-11T21:00:00Z',
  ended: null,
  ended_by: null,
  ...of,
});

describe('the ledger', () => {
  it('has a row for each voice and place, with its claims by question', () => {
    const rows = voices([
      claim({}),
      claim({ id: '2', subject: 'airport', value: 'closed', grade: 'B2' }),
      claim({ id: '3', source: 'SERVICE', subject: 'other', value: 'smoke' }),
      claim({ id: '4', where: 'web' }),
    ]);
    expect(rows.map((one) => [one.source, one.where])).toEqual([
      ['Service', 'broadcast'],
      ['Service', 'web'],
    ]);
    expect(rows[0]?.grades).toEqual(['C3', 'B2']);
    expect(rows[0]?.claims.airport?.map((one) => one.value)).toEqual(['closed']);
    expect(rows[0]?.others.map((one) => one.value)).toEqual(['smoke']);
  });

  it('asks how many and where always, and else what was spoken of', () => {
    expect(askedQuestions([])).toEqual(['count', 'place']);
    expect(askedQuestions([claim({ subject: 'responsibility' })])).toEqual(['count', 'place', 'responsibility']);
  });

  it('counts the questions in conflict, not the claims, and no withdrawn one', () => {
    const gone = { by: 'x', role: null, note: '', at_utc: '' };
    const conflict = true;
    expect(conflicts([claim({ conflict }), claim({ conflict })])).toBe(1);
    expect(conflicts([claim({ conflict, withdrawn: gone })])).toBe(0);
  });
});

describe('effects', () => {
  it('parts what stands from what was', () => {
    const all = [entry({ ended: 'corrected' }), entry({ id: '2' }), entry({ id: '3', effect: 'damage' })];
    expect(standing(all, 'injuries').map((one) => one.id)).toEqual(['2']);
    expect(ended(all, 'injuries')).toHaveLength(1);
  });
});

describe('statements', () => {
  const sentence = (key: string): Statement['sentences'][number] => ({ key, text: key, evidence: ['erbil-T-0001'], events: [7] });
  const made = (state: Statement['state'], ...keys: string[]): Statement =>
    ({ id: state, state, sentences: keys.map(sentence), left_out: [] as string[] }) as unknown as Statement;
  const document = (statements: Statement[], ...keys: string[]): IncidentDocument =>
    ({ statements, statement: { sentences: keys.map(sentence) } }) as unknown as IncidentDocument;

  it('shows the newest that is not withdrawn', () => {
    expect(current(document([made('flagged'), made('draft'), made('withdrawn')]))?.state).toBe('draft');
    expect(current(document([made('withdrawn')]))).toBeNull();
  });

  it('says so when more can be said than it says', () => {
    const one = made('draft', 'what');
    expect(outdated(document([one], 'what', 'injuries'), one)).toBe(true);
    expect(outdated(document([one], 'what', 'injuries'), { ...one, left_out: ['injuries'] })).toBe(false);
  });

  it('lights up ids and events', () => {
    expect(lights(sentence('what'))).toEqual(['erbil-T-0001', 'E-7']);
    expect(lights({ evidence: ['a'] })).toEqual(['a']);
  });
});

describe('the map', () => {
  const square = [
    [43.9, 36.2],
    [44.0, 36.2],
    [44.0, 36.3],
    [43.9, 36.3],
    [43.9, 36.2],
  ];
  const feature = (kind: string, type: string, coordinates: unknown, more: object = {}): MapFeature => ({
    geometry: { type, coordinates },
    properties: { kind, id: kind, ...more },
  });
  const features = [
    feature('zone', 'Polygon', [square], { role: 'perimeter', name: 'Fence' }),
    feature('track', 'MultiLineString', [[[43.8, 36.25, 600]], [[43.85, 36.25], [43.89, 36.25]]]),
    feature('impact', 'Point', [43.89, 36.25], { track: 'T', place: 'outside' }),
    { geometry: null, properties: { kind: 'alert', id: 'a' } },
  ];

  it('frames the perimeter and where things came down, and keeps labels away from the perimeter', () => {
    const drawn = chart(features, 800, 400);
    expect(drawn).not.toBeNull();
    const corners = (drawn?.zones[0]?.d ?? '').match(/-?[\d.]+/g)?.map(Number) ?? [];
    expect(Math.max(...corners)).toBeLessThanOrEqual(800);
    expect(Math.min(...corners)).toBeGreaterThanOrEqual(0);
    expect(drawn?.impacts[0]).toMatchObject({ anchor: 'end', track: 'T' });
    expect(drawn?.scale.pixels).toBeLessThanOrEqual(120);
  });

  it('draws nothing where nothing has a place', () => {
    expect(chart([{ geometry: null, properties: { kind: 'zone', id: 'z' } }], 800, 400)).toBeNull();
    expect(chart(features, 0, 0)).toBeNull();
  });
});

describe('a time in a form', () => {
  it('is the site’s own, not the browser’s', () => {
    expect(siteTime('2021-09-12T00:20', 'Asia/Baghdad')).toBe('2021-09-11T21:20:00.000Z');
    expect(siteTime('2021-07-01T12:00', 'Europe/Paris')).toBe('2021-07-01T10:00:00.000Z');
    expect(siteTime('2021-03-28T03:30', 'Europe/Paris')).toBe('2021-03-28T01:30:00.000Z');
    expect(siteTime('nonsense', 'Europe/Paris')).toBe('nonsense');
  });
});

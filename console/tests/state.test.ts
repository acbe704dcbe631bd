import { describe, expect, it } from 'vitest';
import type { Health, Message } from '../src/api/types';
import { Draft, type Picture } from '../src/state/draft';
import { Topics } from '../src/state/topics.svelte';
import { Skew } from '../src/state/skew';
import { Tracks } from '../src/state/tracks';
import { Trail } from '../src/state/trail';
import { alert, delta, topics, track } from './samples';

const empty = (): Picture => ({
  tracks: new Tracks(),
  trails: new Map(),
  alerts: new Map(),
  incidents: new Map(),
  insideSince: new Map(),
  pictureMs: null,
  health: null,
  topics: new Topics(),
});

const health = (change: Partial<Health> = {}): Health => ({
  state: 'ok',
  origin: 'simulated',
  time_utc: '2021-09-11T20:42:00.400Z',
  time_local: null,
  picture_utc: '2021-09-11T20:42:00.000Z',
  speed: 1,
  clock: null,
  feeds: [],
  queue_length: 0,
  queue_limit: 0,
  outputs: [],
  dropped: {},
  problems: [],
  test_alarm: { overdue: false, every_h: 24, last: null },
  mandate: { state: 'none', in_force: false, says: '', withdrawn_utc: null, withdrawn_by: null, withdrawn_note: null },
  false_alarms: { false: 0, per_24h: null },
  stream: { clients: 1, published: 1, coalesced: 0, resyncs: 0 },
  exercise: null,
  ...change,
});

function after(before: Picture, ...messages: Message[]): Picture {
  const draft = new Draft(before);
  messages.forEach((message) => draft.take(message));
  draft.commit();
  return before;
}

const at = (second: number): string => `2021-09-11T20:42:0${second}.000Z`;
const moved = (seq: number, second: number): Message =>
  delta([track({ time_utc: at(second), latitude_deg: 36.2 + second / 1000 })], { seq });

describe('the store', () => {
  it('keeps a track’s latest, its trail, and forgets both at its end', () => {
    const store = after(empty(), moved(1, 0), moved(2, 1), moved(3, 2));
    expect(store.tracks.get('test-T-0001')?.time_utc).toBe('2021-09-11T20:42:02.000Z');
    expect(store.trails.get('test-T-0001')).toHaveLength(3);
    after(store, { seq: 4, kind: 'track_end', track: 'test-T-0001', origin: 'simulated', time_utc: '2021-09-11T20:42:03.000Z' });
    expect([store.tracks.size, store.trails.size]).toEqual([0, 0]);
  });
  it('replaces everything by a snapshot and a whole picture', () => {
    const store = after(empty(), moved(1, 0), { ...alert({ alert: 'old' }), seq: 2, kind: 'alert' });
    const second = track({ track: 'test-T-0002', time_utc: at(5) });
    after(
      store,
      {
        seq: 9,
        kind: 'snapshot',
        token: 'x',
        origin: 'simulated',
        picture: { time_utc: null, origin: 'simulated', tracks: [], trails: {} },
        alerts: [alert()],
        incidents: [],
        health: health({ picture_utc: at(5) }),
        topics: topics(),
      },
      delta([second], { seq: 9, whole: true, trails: { 'test-T-0002': [1631392922, 36.2, 43.8, 1631392923, 36.2, 43.9] } }),
    );
    expect([...store.tracks.keys()]).toEqual(['test-T-0002']);
    expect(store.trails.get('test-T-0002')).toHaveLength(3);
    expect([...store.alerts.keys()]).toEqual(['test-A-0001']);
    expect(store.pictureMs).toBe(Date.parse(at(5)));
  });
  it('keeps what was told once of a track that only moves, and forgets the way ahead that it told before', () => {
    const whole = track({ reasons: [{ text: 'why', value: 1, unit: 's', source: 'x' }], callsign: 'AB1' });
    const store = after(empty(), delta([whole], { details: [whole] }));
    expect(store.tracks.get('test-T-0001')?.reasons).toHaveLength(1);
    after(store, delta([track({ time_utc: at(1), speed_mps: 12 })], { about: [] }));
    expect(store.tracks.get('test-T-0001')).toMatchObject({ callsign: 'AB1', speed_mps: 12, reasons: [], time_utc: at(1) });
  });
  it('is the same track to its readers until something of it changes', () => {
    const store = after(empty(), moved(1, 0));
    const before = store.tracks.get('test-T-0001');
    after(store, { ...alert(), seq: 2, kind: 'alert' });
    expect(store.tracks.get('test-T-0001')).toBe(before);
    after(store, moved(3, 1));
    expect(store.tracks.get('test-T-0001')).not.toBe(before);
  });
  it('remembers since when a track has been inside', () => {
    const outside: Message = { ...alert({ time_to_s: 1 }), seq: 2, kind: 'alert' };
    const inside: Message = { ...alert({ time_to_s: 0 }), seq: 3, kind: 'alert' };
    const store = after(empty(), { ...health(), seq: 1, kind: 'health' }, outside, inside);
    expect(store.insideSince.get('test-A-0001')).toEqual({ ms: Date.parse('2021-09-11T20:42:00.000Z'), seen: true });
    after(store, { ...alert({ time_to_s: 4 }), seq: 4, kind: 'alert' });
    expect(store.insideSince.size).toBe(0);
  });
  it('does not claim to know when a track that it found inside went in', () => {
    const store = after(empty(), {
      seq: 1,
      kind: 'snapshot',
      token: 'x',
      origin: 'simulated',
      picture: { time_utc: '2021-09-11T20:42:00.000Z', origin: 'simulated', tracks: [], trails: {} },
      alerts: [alert({ time_to_s: 0 })],
      incidents: [],
      health: health(),
      topics: topics(),
    });
    expect(store.insideSince.get('test-A-0001')).toEqual({ ms: Date.parse('2021-09-11T20:42:00.000Z'), seen: false });
  });
});

describe('topics', () => {
  it('come whole with the snapshot and change one at a time', () => {
    const store = empty();
    store.topics.restart(topics());
    after(store, { seq: 4, kind: 'sightings', sightings: [] });
    expect((store.topics as Topics).views?.sightings).toMatchObject({ kind: 'sightings' });
    expect((store.topics as Topics).views?.decisions.standing.state).toBe('none');
  });
});

describe('a trail', () => {
  const points = (trail: Trail): number => {
    let count = 0;
    trail.backwards(() => (count += 1));
    return count;
  };
  it('holds two minutes, a point a second, however long the track lives', () => {
    const trail = new Trail();
    for (let i = 0; i < 4000; i++) trail.add(1000 + i * 0.5, 36 + i * 1e-5, 44);
    expect(trail.length).toBeGreaterThan(115);
    expect(trail.length).toBeLessThan(125);
    expect(points(trail)).toBe(trail.length);
  });
  it('comes out of its packing as it went in', () => {
    const trail = Trail.of(Array.from({ length: 300 }, (_, i) => [i, 36 + i, 44][i % 3] ?? 0));
    const again = Trail.unpacked(trail.packed());
    expect([...again.packed()]).toEqual([...trail.packed()]);
    again.add(10_000, 36, 44);
    expect(again.length).toBe(1);
  });
});

describe('the browser’s clock', () => {
  it('is judged by the message that was quickest on its way', () => {
    const skew = new Skew();
    skew.hear(0, 5400);
    expect(skew.hear(1000, 6020)).toBe(5020);
    expect(skew.hear(2000, 9000)).toBe(5020);
  });
});

import { describe, expect, it } from 'vitest';
import type { Health, Message } from '../src/api/types';
import { Draft, type Picture } from '../src/state/draft';
import { Topics } from '../src/state/topics.svelte';
import { alert, topics, track } from './samples';

const empty = (): Picture => ({
  tracks: new Map(),
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

const moved = (seq: number, second: number): Message => ({
  ...track({ time_utc: `2021-09-11T20:42:0${second}.000Z`, latitude_deg: 36.2 + second / 1000 }),
  seq,
  kind: 'track',
});

describe('the store', () => {
  it('keeps a track’s latest, its trail, and forgets both at its end', () => {
    const store = after(empty(), moved(1, 0), moved(2, 1), moved(3, 2));
    expect(store.tracks.get('test-T-0001')?.time_utc).toBe('2021-09-11T20:42:02.000Z');
    expect(store.trails.get('test-T-0001')).toHaveLength(3);
    after(store, { seq: 4, kind: 'track_end', track: 'test-T-0001', origin: 'simulated', time_utc: '2021-09-11T20:42:03.000Z' });
    expect([store.tracks.size, store.trails.size]).toEqual([0, 0]);
  });
  it('replaces everything by a snapshot', () => {
    const store = after(empty(), moved(1, 0), { ...alert({ alert: 'old' }), seq: 2, kind: 'alert' });
    after(store, {
      seq: 9,
      kind: 'snapshot',
      token: 'x',
      origin: 'simulated',
      picture: { time_utc: '2021-09-11T20:42:05.000Z', origin: 'simulated', tracks: [track({ track: 'test-T-0002' })], trails: {} },
      alerts: [alert()],
      incidents: [],
      health: health({ picture_utc: '2021-09-11T20:42:05.000Z' }),
      topics: topics(),
    });
    expect([...store.tracks.keys()]).toEqual(['test-T-0002']);
    expect([...store.alerts.keys()]).toEqual(['test-A-0001']);
    expect(store.pictureMs).toBe(Date.parse('2021-09-11T20:42:05.000Z'));
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

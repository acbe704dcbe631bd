import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { MultiLineString, MultiPolygon, Position } from 'geojson';
import type { Topology } from 'topojson-specification';
import { describe, expect, it } from 'vitest';
import { clipAt, unwrap, withinWorld, worldContext } from '../build/land';
import type { Alert } from '../src/api/types';
import { project, type View } from '../src/lib/geo';
import { fit } from '../src/map/framing';
import { overlapArea, placeLabels, type LabelWish } from '../src/map/labels';
import { scene } from '../src/map/scene';
import { parts } from '../src/map/few';
import { trackAt } from '../src/map/hit';
import type { Tracks } from '../src/state/tracks';
import { tracksOf } from '../src/state/whole';
import { alert, track } from './samples';

const VIEW: View = { longitude: 43.9, latitude: 36.2, zoom: 12, width: 800, height: 600 };

const on = (...alerts: Alert[]): Map<string, Alert[]> => new Map(alerts.map((one) => [one.track ?? '', [one]]));

describe('scene', () => {
  const path = [15, 30, 45].map((inS) => ({
    in_s: inS,
    latitude_deg: 36.2 + inS * 0.0004,
    longitude_deg: 43.9 + inS * 0.0004,
    altitude_ellipsoid_m: null,
    sigma_major_m: 40,
    sigma_minor_m: 20,
    azimuth_true_deg: 45,
  }));
  const perimeter = { zone: 'p', name: 'P', role: 'perimeter', distance_m: 1000, inside: false, time_to_s: 20, closest_m: 0, closest_in_s: 30 };

  it('draws a threat’s path, corridor and crossing; of others only a vector', () => {
    const [threat] = scene(VIEW, [track({ path, approaches: [perimeter] })], on(alert()), new Map());
    expect(threat?.projection).not.toBe('');
    expect(threat?.corridor).toMatch(/Z$/);
    expect(threat?.crossing?.inS).toBe(20);
    const [other] = scene(VIEW, [track({ path, approaches: [perimeter] })], on(), new Map());
    expect(other?.projection).toBe('');
    expect(other?.vector).not.toBe('');
  });
  it('draws priority 1 last, on top', () => {
    const order = scene(VIEW, [track(), track({ track: 'test-T-0002' })], on(alert()), new Map());
    expect(order.map((one) => one.track.track)).toEqual(['test-T-0002', 'test-T-0001']);
  });
  it('leaves out what has no place, and a course that is not known', () => {
    expect(scene(VIEW, [track({ latitude_deg: null })], on(), new Map())).toEqual([]);
    const [still] = scene(VIEW, [track({ course_true_deg: null, path })], on(alert()), new Map());
    expect(still?.projection).toBe('');
  });
});

describe('labels', () => {
  const wish = (id: string, x: number, y: number, priority: number): LabelWish => ({
    id,
    at: { x, y },
    full: { width: 100, height: 40 },
    short: { width: 50, height: 16 },
    priority,
    clear: 18,
  });
  const view = { x: 0, y: 0, width: 800, height: 600 };

  it('lays none over another, nor out of view', () => {
    const many = Array.from({ length: 40 }, (_, i) => wish(`t${String(i).padStart(2, '0')}`, 300 + (i % 8) * 30, 250 + Math.floor(i / 8) * 30, 4));
    const placed = placeLabels(many, [], view);
    expect(placed.length).toBeGreaterThan(3);
    for (const a of placed) {
      for (const b of placed) if (a !== b) expect(overlapArea(a.box, b.box)).toBeLessThan(1);
      expect(a.box.x).toBeGreaterThanOrEqual(0);
    }
  });
  it('never drops priority 1, whatever is in the way', () => {
    const placed = placeLabels([wish('first', 400, 300, 1)], [view], view);
    expect(placed.map((one) => [one.id, one.short])).toEqual([['first', false]]);
  });
  it('leaves a label where it stood while that place is free', () => {
    const before = new Map([['a', [-1, 0] as const]]);
    expect(placeLabels([wish('a', 400, 300, 4)], [], view, before)[0]?.place).toEqual([-1, 0]);
  });
});

describe('framing', () => {
  it('fits bounds between the margins', () => {
    const to = fit({ west: 43.9, east: 44, south: 36.2, north: 36.3 }, 800, 600, { top: 60, right: 60, bottom: 60, left: 60 });
    expect(to.longitude).toBeCloseTo(43.95);
    expect(to.zoom).toBeGreaterThan(10);
    expect(to.zoom).toBeLessThan(14);
  });
});

describe('the world', () => {
  it('unwraps and clips at the antimeridian', () => {
    const ring: Position[] = [[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]];
    expect(unwrap(ring).map(([x]) => x)).toEqual([179, 181, 181, 179, 179]);
    expect(withinWorld(ring)).toHaveLength(2);
    expect(clipAt([[170, 0], [190, 0], [190, 10], [170, 10]], 180, 'west').every(([x = 0]) => x <= 180)).toBe(true);
  });
  it('has no edge that crosses the map from side to side', () => {
    const file = createRequire(import.meta.url).resolve('world-atlas/countries-50m.json');
    const world = worldContext(JSON.parse(readFileSync(file, 'utf8')) as Topology);
    const [land, ...lines] = world.features;
    const rings = (land?.geometry as MultiPolygon).coordinates.flat();
    const atPole = ([, y = 0]: Position): boolean => Math.abs(y) > 85;
    const leaps = (line: Position[]): number =>
      line.filter((p, i) => {
        const before = line[i - 1];
        return before && Math.abs((p[0] ?? 0) - (before[0] ?? 0)) > 90 && !(atPole(p) && atPole(before));
      }).length;
    expect(rings.reduce((sum, ring) => sum + leaps(ring), 0)).toBe(0);
    const drawn = lines.flatMap((one) => (one.geometry as MultiLineString).coordinates);
    expect(drawn.reduce((sum, line) => sum + leaps(line), 0)).toBe(0);
  });
});

describe('a crowd', () => {
  const name = (i: number): string => `test-T-${String(i).padStart(4, '0')}`;
  const many = (count: number): Tracks =>
    tracksOf(Array.from({ length: count }, (_, i) => track({ track: name(i), longitude_deg: 43.8 + (i % 50) * 0.004, latitude_deg: 36.1 + Math.floor(i / 50) * 0.004 })));

  it('is drawn as elements while it is small', () => {
    const { few, alerted } = parts({ tracks: many(30), alertsOn: new Map() }, []);
    expect([few.size, alerted.size]).toEqual([30, 0]);
  });
  it('leaves as elements the first alerts, and what is chosen or pointed at', () => {
    const alerts = Array.from({ length: 100 }, (_, i) => alert({ alert: `A${i}`, track: name(i), priority: i === 99 ? 1 : 3, time_to_s: 500 - i }));
    const { few, alerted } = parts({ tracks: many(2000), alertsOn: on(...alerts) }, [name(1500), null]);
    expect(few.has(name(99)) && few.has(name(98)) && few.has(name(1500))).toBe(true);
    expect(few.size + alerted.size).toBeLessThan(80);
    expect([...few].filter((id) => alerted.has(id))).toEqual([]);
  });
  it('forgets a track that is gone, though it was chosen or its alert stands', () => {
    const { few } = parts({ tracks: many(50), alertsOn: on(alert({ track: 'test-T-9999' })) }, ['test-T-8888']);
    expect(few.size).toBe(0);
  });
  it('is pointed at by place, the nearest of those near enough', () => {
    const tracks = many(200);
    const { x, y } = project(VIEW, { latitude: 36.104, longitude: 43.808 });
    expect(trackAt(tracks, VIEW, x + 3, y - 2)).toBe(name(52));
    expect(trackAt(tracks, VIEW, -500, -500)).toBeNull();
  });
});

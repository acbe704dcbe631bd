import { describe, expect, it } from 'vitest';
import { project } from '../src/lib/geo';
import {
  drawn,
  freeId,
  insertCorner,
  moveCorner,
  moveFeature,
  parse,
  removeCorner,
  rings,
  unproject,
  write,
  type Feature,
} from '../src/setup/geometry';

const square: Feature = {
  type: 'Feature',
  properties: { id: 'fence', role: 'perimeter', note: 'kept' },
  geometry: { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] },
};
const islands: Feature = {
  ...square,
  geometry: { type: 'MultiPolygon', coordinates: [square.geometry.coordinates, [[[5, 5], [6, 5], [6, 6], [5, 5]]]] },
};

const ringOf = (feature: Feature, at = 0) => {
  const ring = rings(feature.geometry)[at];
  if (!ring) throw new Error('no ring');
  return ring;
};

describe('corners', () => {
  it('a ring stays closed when its first corner moves', () => {
    const moved = moveCorner(square, ringOf(square), 0, { longitude: -1, latitude: -2 });
    expect(moved.geometry.coordinates).toEqual([[[-1, -2], [1, 0], [1, 1], [0, 1], [-1, -2]]]);
    expect(moved.properties).toEqual(square.properties);
  });
  it('one is put in after another, and taken out again', () => {
    const more = insertCorner(square, ringOf(square), 1, { longitude: 2, latitude: 0.5 });
    expect(ringOf(more).corners).toHaveLength(5);
    expect(removeCorner(more, ringOf(more), 2)).toEqual(square);
  });
  it('a polygon keeps three corners, a line two', () => {
    const three = removeCorner(square, ringOf(square), 0);
    expect(three && removeCorner(three, ringOf(three), 0)).toBeNull();
    const line = drawn('LineString', [{ longitude: 0, latitude: 0 }, { longitude: 1, latitude: 1 }], {});
    expect(removeCorner(line, ringOf(line), 0)).toBeNull();
  });
  it('only the ring that is meant changes', () => {
    const moved = moveCorner(islands, ringOf(islands, 1), 1, { longitude: 7, latitude: 5 });
    const [first, second] = moved.geometry.coordinates as number[][][][];
    expect(first).toEqual(square.geometry.coordinates);
    expect(second).toEqual([[[5, 5], [7, 5], [6, 6], [5, 5]]]);
  });
  it('a whole feature moves', () => {
    expect(ringOf(moveFeature(square, 0.5, -0.5)).corners[2]).toEqual([1.5, 0.5]);
  });
});

describe('text', () => {
  it('comes back as it was, one line a feature, other members kept', () => {
    const given = { type: 'FeatureCollection', name: 'survey', features: [square, islands] };
    const text = write(given as never);
    expect(JSON.parse(text)).toEqual(given);
    expect(text.split('\n')).toHaveLength(5);
    expect(parse(text)).toEqual(given);
    expect(parse('{')).toBeNull();
    expect(parse(null)?.features).toEqual([]);
  });
  it('an id is free', () => {
    expect(freeId('keep_out', [])).toBe('keep-out');
    expect(freeId('keep_out', ['keep-out', 'keep-out-2'])).toBe('keep-out-3');
  });
});

it('a point of the screen is the place that is drawn there', () => {
  const view = { longitude: 43.96, latitude: 36.24, zoom: 13, width: 800, height: 600 };
  const place = unproject(view, { x: 123, y: 456 });
  const back = project(view, place);
  expect(back.x).toBeCloseTo(123, 6);
  expect(back.y).toBeCloseTo(456, 6);
});

/** A site's GeoJSON as it is drawn: corners moved, put in and taken out. Pure; what is not touched stays as it was. */
import type { Place, Point, View } from '../lib/geo';

export type Position = number[];

export interface Feature {
  type: 'Feature';
  properties: Record<string, unknown>;
  geometry: { type: string; coordinates: unknown };
}

export interface Collection {
  type: 'FeatureCollection';
  features: Feature[];
}

/** A line of corners of a geometry, where it stands in it; polygons' rings without their closing corner. */
export interface Ring {
  key: number[];
  closed: boolean;
  corners: Position[];
}

export type Kind = 'Polygon' | 'LineString' | 'Point';

export const LEAST: Readonly<Record<Kind, number>> = { Polygon: 3, LineString: 2, Point: 1 };
/** 1e-7 degrees are a centimetre. */
const PLACES = 7;

const rounded = (value: number): number => Number(value.toFixed(PLACES));
export const position = (place: Place): Position => [rounded(place.longitude), rounded(place.latitude)];
export const placeOf = (at: Position): Place => ({ longitude: at[0] ?? 0, latitude: at[1] ?? 0 });

export const idOf = (feature: Feature): string => String(feature.properties['id'] ?? '');
export const roleOf = (feature: Feature): string => String(feature.properties['role'] ?? '');

const opened = (ring: Position[]): Position[] => ring.slice(0, -1);
const closed = (ring: Position[]): Position[] => (ring[0] ? [...ring, ring[0]] : ring);

export function rings(geometry: Feature['geometry']): Ring[] {
  const at = geometry.coordinates;
  switch (geometry.type) {
    case 'Point':
      return [{ key: [], closed: false, corners: [at as Position] }];
    case 'LineString':
      return [{ key: [], closed: false, corners: at as Position[] }];
    case 'Polygon':
      return (at as Position[][]).map((ring, i) => ({ key: [i], closed: true, corners: opened(ring) }));
    case 'MultiPolygon':
      return (at as Position[][][]).flatMap((part, p) =>
        part.map((ring, i) => ({ key: [p, i], closed: true, corners: opened(ring) })),
      );
    default:
      return [];
  }
}

function withRing(geometry: Feature['geometry'], key: readonly number[], corners: Position[]): Feature['geometry'] {
  const put = (list: unknown, way: readonly number[]): unknown => {
    const [first, ...rest] = way;
    if (first === undefined) return geometry.type.includes('Polygon') ? closed(corners) : corners;
    return (list as unknown[]).map((one, i) => (i === first ? put(one, rest) : one));
  };
  const coordinates = geometry.type === 'Point' ? corners[0] : put(geometry.coordinates, key);
  return { type: geometry.type, coordinates };
}

const changed = (feature: Feature, ring: Ring, corners: Position[]): Feature => ({
  ...feature,
  geometry: withRing(feature.geometry, ring.key, corners),
});

export const moveCorner = (feature: Feature, ring: Ring, at: number, to: Place): Feature =>
  changed(feature, ring, ring.corners.map((one, i) => (i === at ? [...position(to), ...one.slice(2)] : one)));

/** A corner after the one at `at`. */
export const insertCorner = (feature: Feature, ring: Ring, at: number, place: Place): Feature =>
  changed(feature, ring, [...ring.corners.slice(0, at + 1), position(place), ...ring.corners.slice(at + 1)]);

/** The same without one corner, or null where too few would be left. */
export function removeCorner(feature: Feature, ring: Ring, at: number): Feature | null {
  if (ring.corners.length <= (ring.closed ? LEAST.Polygon : LEAST.LineString)) return null;
  return changed(feature, ring, ring.corners.filter((_, i) => i !== at));
}

/** The whole feature, moved by a difference of places. */
export function moveFeature(feature: Feature, east: number, north: number): Feature {
  return rings(feature.geometry).reduce((moved, ring) => {
    const corners = ring.corners.map(([x = 0, y = 0, ...rest]) => [rounded(x + east), rounded(y + north), ...rest]);
    return changed(moved, ring, corners);
  }, feature);
}

export const between = (a: Position, b: Position): Place => ({
  longitude: ((a[0] ?? 0) + (b[0] ?? 0)) / 2,
  latitude: ((a[1] ?? 0) + (b[1] ?? 0)) / 2,
});

export function drawn(kind: Kind, corners: readonly Place[], properties: Record<string, unknown>): Feature {
  const at = corners.map(position);
  const coordinates = kind === 'Point' ? at[0] : kind === 'Polygon' ? [closed(at)] : at;
  return { type: 'Feature', properties, geometry: { type: kind, coordinates } };
}

/** An id that no feature has yet: the role, and a number where that is taken. */
export function freeId(role: string, taken: readonly string[]): string {
  const stem = role.replace('_', '-');
  let id = stem;
  for (let n = 2; taken.includes(id); n++) id = `${stem}-${n}`;
  return id;
}

export function parse(text: string | null): Collection | null {
  if (text === null) return { type: 'FeatureCollection', features: [] };
  try {
    const found = JSON.parse(text) as Collection;
    return Array.isArray(found.features) ? found : null;
  } catch {
    return null;
  }
}

/** The collection as text, a feature a line: a change of one shows as a change of one line. */
export function write(collection: Collection): string {
  const { features, ...rest } = collection;
  const head = JSON.stringify(rest).slice(0, -1);
  return `${head}, "features": [\n${features.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]}\n`;
}

const RAD = Math.PI / 180;

/** The place under a point of the screen: the inverse of lib/geo's project. */
export function unproject(view: View, at: Point): Place {
  const size = 512 * 2 ** view.zoom;
  const longitude = view.longitude + ((at.x - view.width / 2) / size) * 360;
  const centre = 0.5 - Math.log(Math.tan(Math.PI / 4 + (view.latitude * RAD) / 2)) / (2 * Math.PI);
  const y = centre + (at.y - view.height / 2) / size;
  const latitude = (2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2) / RAD;
  return { longitude, latitude };
}

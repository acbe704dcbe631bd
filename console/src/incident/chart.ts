/** The incident's map as shapes in pixels, from its GeoJSON. Pure. */
import type { MapFeature } from '../api/dossier';
import { metresPerPixel, pathData, project, scaleLength, type Point, type View } from '../lib/geo';

type Position = readonly number[];

export interface Chart {
  view: View;
  zones: { id: string; role: string; name: string; d: string; at: Point }[];
  tracks: { id: string; d: string }[];
  ellipses: { id: string; track: string; d: string; made: string }[];
  impacts: { id: string; track: string; place: string; at: Point; label: Point; anchor: 'start' | 'end' }[];
  scale: { metres: number; pixels: number };
}

/** Lines of positions of any geometry: rings, paths, or a single point. */
function lines(geometry: MapFeature['geometry']): Position[][] {
  if (!geometry) return [];
  const coordinates = geometry.coordinates as never;
  switch (geometry.type) {
    case 'Point':
      return [[coordinates]];
    case 'LineString':
      return [coordinates];
    case 'MultiLineString':
    case 'Polygon':
      return coordinates;
    case 'MultiPolygon':
      return (coordinates as Position[][][]).flat();
    default:
      return [];
  }
}

const kind = (features: readonly MapFeature[], name: string): MapFeature[] =>
  features.filter((one) => one.properties.kind === name && one.geometry !== null);

/** What must be in view: where things came down, the perimeter, and the last part of each path. */
function framed(features: readonly MapFeature[]): Position[] {
  const perimeter = kind(features, 'zone').filter((one) => one.properties['role'] === 'perimeter');
  const ends = kind(features, 'track').flatMap((one) => lines(one.geometry).flat().slice(-40));
  const down = kind(features, 'impact_ellipse').flatMap((one) => lines(one.geometry).flat());
  return [...perimeter.flatMap((one) => lines(one.geometry).flat()), ...ends, ...down];
}

export function viewOf(features: readonly MapFeature[], width: number, height: number): View | null {
  const places = framed(features);
  if (places.length === 0 || width < 50 || height < 50) return null;
  const east = places.map((one) => one[0] ?? 0);
  const north = places.map((one) => one[1] ?? 0);
  const [west, south] = [Math.min(...east), Math.min(...north)];
  const [farEast, farNorth] = [Math.max(...east), Math.max(...north)];
  const middle = { longitude: (west + farEast) / 2, latitude: (south + farNorth) / 2 };
  const unit: View = { ...middle, zoom: 0, width, height };
  const [a, b] = [
    project(unit, { longitude: west, latitude: farNorth }),
    project(unit, { longitude: farEast, latitude: south }),
  ];
  const fit = Math.min((width - 80) / Math.max(1e-9, b.x - a.x), (height - 60) / Math.max(1e-9, b.y - a.y));
  return { ...unit, zoom: Math.min(18, Math.log2(fit)) };
}

export function chart(features: readonly MapFeature[], width: number, height: number): Chart | null {
  const view = viewOf(features, width, height);
  if (!view) return null;
  const at = (one: Position): Point => project(view, { longitude: one[0] ?? 0, latitude: one[1] ?? 0 });
  const drawn = (one: MapFeature, close: boolean): string =>
    lines(one.geometry).map((line) => pathData(line.map(at), close)).join('');
  const metres = scaleLength(view, 120);
  const perimeter = kind(features, 'zone').filter((one) => one.properties['role'] === 'perimeter');
  const centre = middle(perimeter.flatMap((one) => lines(one.geometry).flat()).map(at));
  return {
    view,
    zones: kind(features, 'zone').map((one) => ({
      id: one.properties.id,
      role: String(one.properties['role']),
      name: String(one.properties['name'] ?? ''),
      d: drawn(one, one.geometry?.type.endsWith('Polygon') ?? false),
      at: middle(lines(one.geometry).flat().map(at)),
    })),
    tracks: kind(features, 'track').map((one) => ({ id: one.properties.id, d: drawn(one, false) })),
    ellipses: kind(features, 'impact_ellipse').map((one) => ({
      id: one.properties.id,
      track: String(one.properties['track']),
      made: String(one.properties['made']),
      d: drawn(one, true),
    })),
    impacts: kind(features, 'impact').flatMap((one) => {
      const [place] = lines(one.geometry).flat().map(at);
      if (!place) return [];
      const where = String(one.properties['place']);
      const track = String(one.properties['track']);
      // Away from the perimeter where it came down outside, else to the side with more room.
      const left = where === 'outside' ? place.x < centre.x : place.x > view.width / 2;
      const label = { x: place.x + (left ? -16 : 16), y: place.y < 50 ? place.y + 26 : place.y - 18 };
      return [{ id: one.properties.id, track, place: where, at: place, label, anchor: left ? 'end' as const : 'start' as const }];
    }),
    scale: { metres, pixels: metres / metresPerPixel(view) },
  };
}

function middle(points: readonly Point[]): Point {
  const many = Math.max(1, points.length);
  return { x: points.reduce((sum, one) => sum + one.x, 0) / many, y: points.reduce((sum, one) => sum + one.y, 0) / many };
}

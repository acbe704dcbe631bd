/** World context for the map, made at build time: Natural Earth land and borders (world-atlas) as one small GeoJSON. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Feature, FeatureCollection, MultiLineString, MultiPolygon, Position } from 'geojson';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import type { Plugin } from 'vite';

type Ring = Position[];

/** Degrees kept: 0.01 is 1 km, finer than the 1:50 million source. */
const DIGITS = 2;
const SCALE = 10 ** DIGITS;

/** A ring whose longitudes run on over the antimeridian instead of jumping back by 360 degrees. */
export function unwrap(ring: Ring): Ring {
  let shift = 0;
  return ring.map(([x = 0, y = 0], i) => {
    const before = ring[i - 1]?.[0];
    if (before !== undefined && Math.abs(x - before) > 180) shift += x < before ? 360 : -360;
    return [x + shift, y];
  });
}

/** A ring round a pole does not close once unwrapped: lead it down to the pole and back. */
export function closeAtPole(ring: Ring): Ring {
  const [first, last] = [ring[0], ring.at(-1)];
  if (!first || !last || Math.abs((first[0] ?? 0) - (last[0] ?? 0)) < 180) return ring;
  const pole = (first[1] ?? 0) < 0 ? -90 : 90;
  return [...ring, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first];
}

/** The part of a ring on one side of a meridian (Sutherland-Hodgman); edges it gains lie on the meridian. */
export function clipAt(ring: Ring, meridian: number, side: 'west' | 'east'): Ring {
  const keeps = (x: number): boolean => (side === 'west' ? x <= meridian : x >= meridian);
  const out: Ring = [];
  ring.forEach(([x = 0, y = 0], i) => {
    const [bx = x, by = y] = ring[(i + ring.length - 1) % ring.length] ?? [];
    if (keeps(x) !== keeps(bx)) out.push([meridian, by + ((y - by) * (meridian - bx)) / (x - bx)]);
    if (keeps(x)) out.push([x, y]);
  });
  return out;
}

/** A ring as rings within -180…180, each closed. */
export function withinWorld(ring: Ring): Ring[] {
  const whole = closeAtPole(unwrap(ring));
  return [-360, 0, 360].flatMap((shift) => {
    const moved = whole.map(([x = 0, y = 0]): Position => [x + shift, y]);
    const part = tidy(clipAt(clipAt(moved, 180, 'west'), -180, 'east'));
    return part.length >= 4 ? [part] : [];
  });
}

function tidy(ring: Ring): Ring {
  const rounded = ring.map((p): Position => [Math.round((p[0] ?? 0) * SCALE) / SCALE, Math.round((p[1] ?? 0) * SCALE) / SCALE]);
  const kept = rounded.filter((p, i) => i === 0 || p[0] !== rounded[i - 1]?.[0] || p[1] !== rounded[i - 1]?.[1]);
  const [first, last] = [kept[0], kept.at(-1)];
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) kept.push(first);
  return kept;
}

/** Lines cut where they jump over the antimeridian, or run along it. */
export function cutLines(lines: Position[][]): Position[][] {
  return lines.flatMap((line) => {
    const parts: Position[][] = [[]];
    line.forEach((p, i) => {
      const before = line[i - 1];
      const onEdge = (q?: Position): boolean => q !== undefined && Math.abs(q[0] ?? 0) > 179.99;
      if (before && (Math.abs((p[0] ?? 0) - (before[0] ?? 0)) > 180 || (onEdge(p) && onEdge(before)))) parts.push([]);
      parts.at(-1)?.push([Math.round((p[0] ?? 0) * SCALE) / SCALE, Math.round((p[1] ?? 0) * SCALE) / SCALE]);
    });
    return parts.filter((part) => part.length > 1);
  });
}

function outerAndHoles(polygon: Ring[]): Ring[][] {
  const [outer = [], ...holes] = polygon;
  const outers = withinWorld(outer).map((ring): Ring[] => [ring]);
  // Holes in land (the Caspian Sea) lie far from the antimeridian: each goes with the outer ring it is in.
  for (const hole of holes.flatMap(withinWorld)) {
    const x = hole[0]?.[0] ?? 0;
    const host = outers.find(([ring = []]) => {
      const xs = ring.map((p) => p[0] ?? 0);
      return x >= Math.min(...xs) && x <= Math.max(...xs);
    });
    host?.push(hole);
  }
  return outers;
}

/** Land as polygons, coasts and borders as lines. */
export function worldContext(topology: Topology): FeatureCollection {
  const countries = topology.objects['countries'] as GeometryCollection;
  const land = feature(topology, topology.objects['land'] as GeometryCollection) as unknown as FeatureCollection<MultiPolygon>;
  const polygons = land.features.flatMap((one) => one.geometry.coordinates.flatMap(outerAndHoles));
  const lines = (name: string, filter: (a: unknown, b: unknown) => boolean): Feature<MultiLineString> => ({
    type: 'Feature',
    properties: { name },
    geometry: { type: 'MultiLineString', coordinates: cutLines(mesh(topology, countries, filter).coordinates) },
  });
  return {
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', properties: { name: 'land' }, geometry: { type: 'MultiPolygon', coordinates: polygons } },
      lines('coast', (a, b) => a === b),
      lines('border', (a, b) => a !== b),
    ],
  };
}

/** Vite plugin: emits land.geojson beside the page, and serves it to the development server. */
export function worldLand(): Plugin {
  const make = (): string => {
    const path = createRequire(import.meta.url).resolve('world-atlas/countries-50m.json');
    return JSON.stringify(worldContext(JSON.parse(readFileSync(path, 'utf8')) as Topology));
  };
  return {
    name: 'world-land',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'land.geojson', source: make() });
    },
  };
}

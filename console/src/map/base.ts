/** The ground under the picture, drawn by MapLibre: world, coverage, rings, the site. Colours come from the tokens. */
import type { FeatureCollection, Geometry } from 'geojson';
import type { ExpressionSpecification, LayerSpecification, Map as MapLibre, StyleSpecification } from 'maplibre-gl';
import type { Site } from '../api/types';
import type { Layer } from '../state/desk.svelte';

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const is = (key: string, value: string): ExpressionSpecification => ['==', ['get', key], value];

/** Which layers a switch of the console turns off. */
export const SWITCHED: Partial<Record<Layer, readonly string[]>> = {
  coverage: ['coverage', 'coverage-edge', 'cover-lost', 'cover-lost-edge'],
  rings: ['rings'],
  zones: ['warning', 'keep-out'],
};

type PaintedLayer = LayerSpecification & { source: string };

const line = (id: string, source: string, color: string, width: number, extra: object = {}, filter?: unknown): PaintedLayer =>
  ({
    id,
    type: 'line',
    source,
    paint: { 'line-color': token(color), 'line-width': width, ...extra },
    ...(filter ? { filter } : {}),
  }) as PaintedLayer;

const fill = (id: string, source: string, color: string, opacity = 1, filter?: unknown): PaintedLayer =>
  ({
    id,
    type: 'fill',
    source,
    paint: { 'fill-color': token(color), 'fill-opacity': opacity },
    ...(filter ? { filter } : {}),
  }) as PaintedLayer;

function layers(): LayerSpecification[] {
  const lost: ExpressionSpecification = ['get', 'lost'];
  const seen: ExpressionSpecification = ['!', lost];
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': token('--map-shadow') } },
    fill('land', 'world', '--map-land', 1, is('name', 'land')),
    line('coast', 'world', '--map-cover-line', 1, {}, is('name', 'coast')),
    line('border', 'world', '--map-ring', 1, { 'line-dasharray': [4, 3] }, is('name', 'border')),
    { ...line('grid', 'grid', '--map-road', 1), minzoom: 9.5 },
    fill('coverage', 'coverage', '--map-cover', 0.22, seen),
    line('coverage-edge', 'coverage', '--map-cover-line', 1, {}, seen),
    {
      id: 'cover-lost',
      type: 'fill',
      source: 'coverage',
      filter: lost,
      paint: { 'fill-pattern': 'hatch', 'fill-opacity': 0.5 },
    },
    line('cover-lost-edge', 'coverage', '--map-lost', 1, { 'line-dasharray': [4, 4] }, lost),
    line('rings', 'rings', '--map-ring', 1, { 'line-dasharray': [3, 4] }),
    fill('base', 'site', '--map-base', 0.92, is('role', 'perimeter')),
    fill('landmark', 'site', '--map-apron', 1, is('role', 'landmark')),
    fill('runway', 'site', '--map-runway', 1, is('role', 'runway')),
    line('runway-edge', 'site', '--map-runway', 2, {}, is('role', 'runway')),
    line('runway-line', 'centre', '--map-runway-line', 1, { 'line-dasharray': [6, 6] }),
    fill('asset', 'site', '--map-building', 1, is('role', 'asset')),
    line('asset-edge', 'site', '--map-label', 0.6, { 'line-opacity': 0.5 }, is('role', 'asset')),
    line('warning', 'site', '--map-lost', 1, { 'line-dasharray': [8, 4], 'line-opacity': 0.7 }, is('role', 'warning')),
    line('keep-out', 'site', '--p2', 1.5, {}, is('role', 'keep_out')),
    line('perimeter', 'site', '--map-perimeter', 1.5, {}, is('role', 'perimeter')),
  ];
}

export function style(): StyleSpecification {
  const geojson = (data: FeatureCollection | string) => ({ type: 'geojson' as const, data, tolerance: 0.2 });
  return {
    version: 8,
    sources: {
      world: geojson('/land.geojson'),
      grid: geojson(EMPTY),
      site: geojson(EMPTY),
      centre: geojson(EMPTY),
      coverage: geojson(EMPTY),
      rings: geojson(EMPTY),
    },
    layers: layers(),
  };
}

/** Take the colours anew after a change between night, day and red. */
export function repaint(map: MapLibre): void {
  drawHatch(map);
  for (const layer of layers()) {
    for (const [name, value] of Object.entries(layer.paint ?? {})) {
      map.setPaintProperty(layer.id, name as Parameters<MapLibre['setPaintProperty']>[1], value);
    }
  }
}

/** The pattern of what is not watched now: 45° lines, 1 px in 7. */
export function drawHatch(map: MapLibre): void {
  const size = 18;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const ink = canvas.getContext('2d');
  if (!ink) return;
  ink.strokeStyle = token('--map-lost');
  ink.lineWidth = 1.4;
  for (const at of [-size, 0, size]) {
    ink.beginPath();
    ink.moveTo(at - 2, size + 2);
    ink.lineTo(at + size + 2, -2);
    ink.stroke();
  }
  const image = ink.getImageData(0, 0, size, size);
  if (map.hasImage('hatch')) map.updateImage('hatch', image);
  else map.addImage('hatch', image, { pixelRatio: 2 });
}

type Feature = FeatureCollection['features'][number];

const feature = (geometry: unknown, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry: geometry as Geometry,
  properties,
});

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

/** GeoJSON of each source; `silent`: sensors whose feed says nothing. */
export function sources(site: Site, silent: ReadonlySet<string>): Record<string, FeatureCollection> {
  const lines = site.geometry.filter((zone) => zone.role === 'runway' && zone.geometry['type'] === 'LineString');
  const covering = site.sensors.filter((sensor) => sensor.coverage !== null);
  return {
    site: collection(site.geometry.map((zone) => feature(zone.outline, { id: zone.id, role: zone.role }))),
    centre: collection(lines.map((zone) => feature(zone.geometry, {}))),
    rings: collection(site.rings.map((ring) => feature(ring.geometry, { distance_m: ring.distance_m }))),
    coverage: collection(
      covering.map((sensor) => feature(sensor.coverage, { id: sensor.id, lost: silent.has(sensor.id) })),
    ),
    grid: collection(graticule(site)),
  };
}

/** Whole minutes of latitude and longitude around the site: 1.85 km apart northward. */
function graticule(site: Site): Feature[] {
  const reach = 20;
  const [east, north] = [Math.round(site.longitude_deg * 60), Math.round(site.latitude_deg * 60)];
  const at = (x: number, y: number): number[] => [x / 60, y / 60];
  const steps = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return steps.flatMap((step) => [
    feature({ type: 'LineString', coordinates: [at(east + step, north - reach), at(east + step, north + reach)] }, {}),
    feature({ type: 'LineString', coordinates: [at(east - reach, north + step), at(east + reach, north + step)] }, {}),
  ]);
}

/** What the map should show, and when it may move by itself. */
import type { Site, Track } from '../api/types';
import { offset, type Place, type View } from '../lib/geo';

export interface Bounds {
  west: number;
  south: number;
  east: number;
  north: number;
}

export interface Inset {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

const MAX_ZOOM = 15.5;
const RAD = Math.PI / 180;
const mercatorY = (latitude: number): number => Math.log(Math.tan(Math.PI / 4 + (latitude * RAD) / 2));
const latitudeOf = (y: number): number => (2 * Math.atan(Math.exp(y)) - Math.PI / 2) / RAD;

export function around(places: readonly Place[]): Bounds | null {
  if (places.length === 0) return null;
  const [xs, ys] = [places.map((p) => p.longitude), places.map((p) => p.latitude)];
  return { west: Math.min(...xs), south: Math.min(...ys), east: Math.max(...xs), north: Math.max(...ys) };
}

/** Everything of a threat that must be seen: itself, where it would come down, and the site's perimeter. */
export function target(site: Site, threats: readonly Track[]): Bounds {
  const [west, south, east, north] = site.bounds as [number, number, number, number];
  if (threats.length === 0) return { west, south, east, north };
  const places: Place[] = [];
  for (const one of threats) {
    if (one.latitude_deg !== null && one.longitude_deg !== null)
      places.push({ latitude: one.latitude_deg, longitude: one.longitude_deg });
    if (one.impact) places.push({ latitude: one.impact.latitude_deg, longitude: one.impact.longitude_deg });
  }
  return around([...places, ...perimeter(site)]) ?? { west, south, east, north };
}

function perimeter(site: Site): Place[] {
  const centre: Place = { latitude: site.latitude_deg, longitude: site.longitude_deg };
  const zone = site.geometry.find((one) => one.role === 'perimeter');
  const rings = zone?.outline['type'] === 'Polygon' ? (zone.outline['coordinates'] as number[][][]) : [];
  const found = (rings[0] ?? []).map(([longitude = 0, latitude = 0]) => ({ longitude, latitude }));
  return found.length > 0 ? found : [0, 90, 180, 270].map((azimuth) => offset(centre, azimuth, 1500));
}

/** Centre and zoom that put bounds into a view with free margins. */
export function fit(bounds: Bounds, width: number, height: number, inset: Inset): Pick<View, 'longitude' | 'latitude' | 'zoom'> {
  const [top, bottom] = [mercatorY(bounds.north), mercatorY(bounds.south)];
  const free = { width: Math.max(50, width - inset.left - inset.right), height: Math.max(50, height - inset.top - inset.bottom) };
  const wide = Math.max(1e-6, (bounds.east - bounds.west) / 360);
  const tall = Math.max(1e-6, (top - bottom) / (2 * Math.PI));
  const size = Math.min(free.width / wide, free.height / tall);
  const zoom = Math.min(MAX_ZOOM, Math.log2(size / 512));
  const world = 512 * 2 ** zoom;
  const aside = (inset.right - inset.left) / 2 / world;
  const down = (inset.bottom - inset.top) / 2 / world;
  return {
    zoom,
    longitude: (bounds.west + bounds.east) / 2 + aside * 360,
    latitude: latitudeOf((top + bottom) / 2 - down * 2 * Math.PI),
  };
}

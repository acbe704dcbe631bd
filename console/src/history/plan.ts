/** Places on a plan of the site: east and north in metres from its reference point, on a flat earth. */
import type { PastIncident, Site } from '../api/types';

const DEG_M = 111_320;

export interface Mark {
  id: string;
  x: number;
  y: number;
  fell: boolean;
  inside: boolean;
}

export interface Plan {
  outlines: string[];
  /** Half the width of what is drawn, metres. */
  reach: number;
  marks: Mark[];
  beyond: number;
  unplaced: number;
}

type Ring = readonly (readonly number[])[];

function rings(geometry: { type?: unknown; coordinates?: unknown }): Ring[] {
  if (geometry.type === 'Polygon') return geometry.coordinates as Ring[];
  if (geometry.type === 'MultiPolygon') return (geometry.coordinates as Ring[][]).flat();
  return [];
}

/** The plan reaches twice as far as the site's own ground, or as its farthest incident if that is nearer. */
export function planOf(site: Site, incidents: readonly PastIncident[]): Plan {
  const scale = Math.cos((site.latitude_deg * Math.PI) / 180);
  const at = (lon: number, lat: number): [number, number] => [
    (((lon - site.longitude_deg + 540) % 360) - 180) * DEG_M * scale,
    (site.latitude_deg - lat) * DEG_M,
  ];
  const ground = site.geometry.filter((zone) => zone.role === 'perimeter' || zone.role === 'runway');
  const outlines = ground.flatMap((zone) => rings(zone.outline)).map((ring) => ring.map(([lon = 0, lat = 0]) => at(lon, lat)));
  const placed = incidents.flatMap((one) => {
    if (one.latitude_deg === null || one.longitude_deg === null) return [];
    const [x, y] = at(one.longitude_deg, one.latitude_deg);
    return [{ id: one.id, x, y, fell: one.place !== null, inside: one.place === 'inside' }];
  });
  const own = Math.max(500, ...outlines.flat().map(([x, y]) => Math.hypot(x, y)));
  const farthest = Math.max(0, ...placed.map((mark) => Math.hypot(mark.x, mark.y)));
  const reach = Math.min(Math.max(own, farthest), own * 2) * 1.1;
  const marks = placed.filter((mark) => Math.max(Math.abs(mark.x), Math.abs(mark.y)) <= reach);
  return {
    outlines: outlines.map((ring) => `M${ring.map((point) => point.map((m) => m.toFixed(0)).join(' ')).join('L')}Z`),
    reach,
    marks,
    beyond: placed.length - marks.length,
    unplaced: incidents.length - placed.length,
  };
}

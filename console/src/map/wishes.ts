/** What wants a label on the map, and what a label may not cover. */
import type { Site, Track } from '../api/types';
import { countdown, distance, shortId, shortened, whole } from '../lib/format';
import { project, type Point, type View } from '../lib/geo';
import { text } from '../text';
import { textWidth, type Box, type LabelWish, type Place } from './labels';
import type { DrawnTrack } from './scene';

export interface LabelText {
  id: string;
  head: string;
  /** A countdown beside the head, on a solid ground. */
  chip: string;
  /** The countdown's alert is acknowledged: outlined, not solid. */
  seen?: boolean;
  lines: string[];
  /** CSS class of the text. */
  kind: 'threat' | 'track' | 'quiet' | 'place' | 'lost' | 'time';
}

export interface Wanted {
  wish: LabelWish;
  text: LabelText;
}

const HEAD_PX = 14;
const LINE_PX = 12;
const CENTRE: readonly Place[] = [[0, 0]];
const BESIDE: readonly Place[] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
];

function wanted(label: LabelText, at: Point, priority: number, clear: number, places?: readonly Place[]): Wanted {
  const head = label.kind === 'threat' || label.kind === 'track' ? HEAD_PX : LINE_PX;
  const top = textWidth(label.head, head * 1.06) + (label.chip ? 50 : 0);
  const width = Math.max(top, ...label.lines.map((line) => textWidth(line, LINE_PX)));
  const wish: LabelWish = {
    id: label.id,
    at,
    full: { width, height: head + 4 + label.lines.length * 15 },
    short: { width: top, height: head + 4 },
    priority,
    clear,
  };
  return { wish: places ? { ...wish, places } : wish, text: label };
}

type Left = (inS: number | null) => number | null;

const nearest = (track: Track) => track.approaches.find((zone) => zone.role === 'perimeter') ?? null;

function numbers(track: Track): string[] {
  const height = track.height_agl_m ?? track.altitude_msl_m;
  return [`${whole(track.speed_mps)} m/s`, ...(height === null ? [] : [`${whole(height)} m`])];
}

function threatLabel(one: DrawnTrack, head: string, left: Left): LabelText {
  const near = nearest(one.track);
  const first = near ? [near.inside ? text.alerts.inside : distance(near.distance_m)] : [];
  return {
    id: one.track.track,
    head,
    chip: near && !near.inside ? countdown(left(near.time_to_s)) : '',
    seen: !one.unseen,
    lines: [[...first, ...numbers(one.track)].join(' · ')],
    kind: 'threat',
  };
}

function otherLabel(track: Track, head: string): LabelText {
  const known = track.p_class >= 0.5 ? [`${text.className(track.class)} ${track.p_class.toFixed(2)}`] : [];
  const what = track.cooperation === 'claimed' ? [text.map.claimed] : known;
  return { id: track.track, head, chip: '', lines: [...what, numbers(track).join(' · ')], kind: 'track' };
}

/** Whether a person has chosen the track, or points at it. */
export type Held = 'chosen' | 'pointed' | 'no';

/** Birds are many and explained: their names alone, until one is chosen or pointed at. */
const quiet = (id: string, head: string): LabelText => ({ id, head, chip: '', lines: [], kind: 'quiet' });

export function trackLabel(one: DrawnTrack, site: Site | null, left: Left, held: Held): Wanted {
  const head = shortened(one.track.callsign ?? shortId(one.track.track, site?.id ?? ''));
  const threat = one.priority === 1;
  if (threat) return wanted(threatLabel(one, head, left), one.at, one.priority, held === 'chosen' ? 28 : 22);
  const plain = one.glyph === 'bird' && one.priority === 4 && held === 'no';
  const label = plain ? quiet(one.track.track, head) : otherLabel(one.track, head);
  return wanted(label, one.at, one.priority, held === 'chosen' ? 28 : 18);
}

/** Names of the site's places, sensors and rings: they give way to every track. */
export function placeLabels(site: Site, view: View, silent: ReadonlySet<string>): Wanted[] {
  const zones = site.geometry
    .filter((zone) => zone.role === 'asset' || zone.role === 'keep_out')
    .map((zone) => {
      const at = project(view, { latitude: zone.centre_latitude_deg, longitude: zone.centre_longitude_deg });
      return wanted({ id: `zone ${zone.id}`, head: shortened(zone.name), chip: '', lines: [], kind: 'place' }, at, 6, 16, BESIDE);
    });
  const sensors = site.sensors.flatMap((one) => {
    if (one.latitude_deg === null || one.longitude_deg === null) return [];
    const at = project(view, { latitude: one.latitude_deg, longitude: one.longitude_deg });
    const kind = silent.has(one.id) ? 'lost' : 'place';
    return [wanted({ id: `sensor ${one.id}`, head: shortened(one.name), chip: '', lines: [], kind }, at, kind === 'lost' ? 5 : 7, 9, BESIDE)];
  });
  const rings = site.rings.flatMap((ring) =>
    ring.labels.map(([longitude = 0, latitude = 0], i) => {
      const label: LabelText = { id: `ring ${ring.distance_m} ${i}`, head: distance(ring.distance_m).replace('.0', ''), chip: '', lines: [], kind: 'place' };
      return wanted(label, project(view, { latitude, longitude }), 8, 0, CENTRE);
    }),
  );
  return [...zones, ...sensors, ...rings, ...runways(site, view)];
}

/** A runway's numbers at its two ends: '18/36' reads 18 at the first, 36 at the second. */
function runways(site: Site, view: View): Wanted[] {
  return site.geometry
    .filter((zone) => zone.role === 'runway' && zone.geometry['type'] === 'LineString')
    .flatMap((zone) => {
      const ends = zone.geometry['coordinates'] as number[][];
      const names = zone.name.split('/');
      if (names.length !== 2) return [];
      return [ends[0], ends.at(-1)].flatMap((end, i) => {
        const label: LabelText = { id: `runway ${zone.id} ${i}`, head: names[i]?.replace(/^\D+/, '') ?? '', chip: '', lines: [], kind: 'place' };
        const at = project(view, { longitude: end?.[0] ?? 0, latitude: end?.[1] ?? 0 });
        return label.head ? [wanted(label, at, 6, 7, [[-1, 0], [1, 0]])] : [];
      });
    });
}

const centred = (at: Point, width: number, height: number): Box => ({
  x: at.x - width / 2,
  y: at.y - height / 2,
  width,
  height,
});

export const sensorPoints = (site: Site, view: View): Point[] =>
  site.sensors.flatMap((one) =>
    one.latitude_deg === null || one.longitude_deg === null
      ? []
      : [project(view, { latitude: one.latitude_deg, longitude: one.longitude_deg })],
  );

/** Symbols, crossings, places of impact and the furniture in the corners. */
export function obstacles(drawn: readonly DrawnTrack[], sensors: readonly Point[], view: View): Box[] {
  return [
    ...drawn.map((one) => centred(one.at, one.priority === 1 ? 36 : 28, one.priority === 1 ? 36 : 28)),
    ...sensors.map((at) => centred(at, 12, 12)),
    ...drawn.flatMap((one) => (one.impact ? [centred(one.impact.oval, 26, 26)] : [])),
    ...drawn.flatMap((one) => (one.crossing ? [centred(one.crossing, 14, 14)] : [])),
    { x: 0, y: 0, width: 330, height: 48 },
    { x: view.width - 130, y: 0, width: 130, height: 48 },
    { x: 0, y: view.height - 40, width: 330, height: 40 },
  ];
}

export const crossingLabel = (one: DrawnTrack, time: string): Wanted[] =>
  one.crossing
    ? [wanted({ id: `crossing ${one.track.track}`, head: time, chip: '', lines: [], kind: 'time' }, one.crossing, 2, 9)]
    : [];

export function fallenLabel(id: string, name: string, line: string, at: Point): Wanted {
  return wanted({ id: `fallen ${id}`, head: name, chip: '', lines: [line], kind: 'track' }, at, 2, 14);
}

/** The picture as things to draw, in screen pixels. Pure: view, tracks and alerts in; shapes out, worst drawn last. */
import type { Impact, Track } from '../api/types';
import type { Trail } from '../state/trail';
import { glyph, threatens, trackPriority, type AlertMark, type Disposition, type Glyph } from '../lib/disposition';
import { ELLIPSE_95, acrossCourse, metresPerPixel, offset, pathData, project, span, windowOf, type Place, type Point, type View } from '../lib/geo';
import { trailDots } from './trail';

/** An ellipse in pixels, its long axis turned clockwise from north. */
export interface Oval {
  x: number;
  y: number;
  rx: number;
  ry: number;
  turn: number;
}

export interface Crossing extends Point {
  inS: number;
}

export interface DrawnTrack {
  track: Track;
  at: Point;
  disposition: Disposition;
  glyph: Glyph;
  priority: number;
  /** An alert on it that nobody has acknowledged. */
  unseen: boolean;
  /** Dots, as the data of a path. */
  trail: string;
  oval: Oval | null;
  vector: string;
  projection: string;
  corridor: string;
  ticks: string;
  crossing: Crossing | null;
  impact: DrawnImpact | null;
}

export interface DrawnImpact {
  oval: Oval;
  seen: boolean;
}

/** Seconds of course drawn ahead of a track that is no threat. */
const VECTOR_S = 30;
const TICK_S = 15;
/** A path that ends this near to where it would come down is drawn up to there. */
const JOIN_M = 600;
/** Symbols keep clear of the ellipse below this size: it would hide behind the frame. */
const LEAST_OVAL_PX = 4;

const place = (of: { latitude_deg: number; longitude_deg: number }): Place => ({
  latitude: of.latitude_deg,
  longitude: of.longitude_deg,
});

export function oval(view: View, at: Place, majorM: number, minorM: number, azimuthDeg: number): Oval {
  const scale = ELLIPSE_95 / metresPerPixel(view);
  return { ...project(view, at), rx: minorM * scale, ry: majorM * scale, turn: azimuthDeg };
}

export function drawnImpact(view: View, impact: Impact): DrawnImpact {
  return {
    oval: oval(view, place(impact), impact.sigma_major_m, impact.sigma_minor_m, impact.azimuth_true_deg),
    seen: impact.basis === 'descent',
  };
}

interface Step {
  inS: number;
  at: Place;
  halfM: number;
}

/** The path ahead with its 95 % half width across the course, from the track itself to its end or where it comes down. */
function steps(track: Track, from: Place): Step[] {
  const course = track.course_true_deg ?? 0;
  const half = (major: number, minor: number, azimuth: number): number =>
    ELLIPSE_95 * acrossCourse(major, minor, azimuth, course);
  const ellipse = track.ellipse;
  const start: Step = { inS: 0, at: from, halfM: half(ellipse.sigma_major_m, ellipse.sigma_minor_m, ellipse.azimuth_true_deg) };
  const onward = track.path.map((point) => ({
    inS: point.in_s,
    at: place(point),
    halfM: half(point.sigma_major_m, point.sigma_minor_m, point.azimuth_true_deg),
  }));
  const end = onward.at(-1);
  const fall = track.impact?.basis === 'descending' ? place(track.impact) : null;
  if (end && fall && span(end.at, fall) < JOIN_M) {
    onward.push({ inS: end.inS + span(end.at, fall) / Math.max(1, track.speed_mps), at: fall, halfM: end.halfM });
  }
  return [start, ...onward];
}

export function atTime(path: readonly Step[], inS: number): Step | null {
  for (let i = 1; i < path.length; i++) {
    const [a, b] = [path[i - 1], path[i]];
    if (!a || !b || inS > b.inS || inS < a.inS) continue;
    const f = b.inS === a.inS ? 0 : (inS - a.inS) / (b.inS - a.inS);
    const mix = (x: number, y: number): number => x + (y - x) * f;
    return {
      inS,
      at: { latitude: mix(a.at.latitude, b.at.latitude), longitude: mix(a.at.longitude, b.at.longitude) },
      halfM: mix(a.halfM, b.halfM),
    };
  }
  return null;
}

function corridor(view: View, path: readonly Step[], course: number): string {
  const side = (turn: number): Point[] => path.map((step) => project(view, offset(step.at, course + turn, step.halfM)));
  return pathData([...side(-90), ...side(90).reverse()], true);
}

function ticks(view: View, path: readonly Step[], course: number): string {
  const last = path.at(-1)?.inS ?? 0;
  const half = 5 * metresPerPixel(view);
  let data = '';
  for (let inS = TICK_S; inS < last; inS += TICK_S) {
    const step = atTime(path, inS);
    if (step) data += pathData([-90, 90].map((turn) => project(view, offset(step.at, course + turn, half))));
  }
  return data;
}

function crossing(view: View, track: Track, path: readonly Step[]): Crossing | null {
  const inS = track.approaches.find((one) => one.role === 'perimeter')?.time_to_s ?? null;
  const step = inS === null || inS <= 0 ? null : atTime(path, inS);
  return step && inS !== null ? { ...project(view, step.at), inS } : null;
}

/** What lies ahead: of a threat the path with its corridor, of others a plain vector. */
type Ahead = Pick<DrawnTrack, 'vector' | 'projection' | 'corridor' | 'ticks' | 'crossing'>;
const NOTHING_AHEAD: Ahead = { vector: '', projection: '', corridor: '', ticks: '', crossing: null };

function ahead(view: View, track: Track, from: Place, threat: boolean): Ahead {
  const course = track.course_true_deg;
  if (course === null) return NOTHING_AHEAD;
  if (!threat) {
    const to = offset(from, course, track.speed_mps * VECTOR_S);
    const moving = track.speed_mps > 0.5;
    return { ...NOTHING_AHEAD, vector: moving ? pathData([project(view, from), project(view, to)]) : '' };
  }
  const path = steps(track, from);
  if (path.length < 2) return NOTHING_AHEAD;
  return {
    vector: '',
    projection: pathData(path.map((step) => project(view, step.at))),
    corridor: corridor(view, path, course),
    ticks: ticks(view, path, course),
    crossing: crossing(view, track, path),
  };
}

function drawn(view: View, track: Track, alerts: readonly AlertMark[], trail: Trail | undefined): DrawnTrack | null {
  if (track.latitude_deg === null || track.longitude_deg === null) return null;
  const from: Place = { latitude: track.latitude_deg, longitude: track.longitude_deg };
  const ellipse = track.ellipse;
  const round = oval(view, from, ellipse.sigma_major_m, ellipse.sigma_minor_m, ellipse.azimuth_true_deg);
  return {
    track,
    at: project(view, from),
    disposition: track.disposition,
    glyph: glyph(track),
    priority: trackPriority(track, alerts),
    unseen: alerts.some((one) => one.acknowledged_utc === null),
    trail: trail ? trailDots(trail, windowOf(view)) : '',
    oval: round.ry > LEAST_OVAL_PX ? round : null,
    ...ahead(view, track, from, threatens(track, alerts)),
    impact: track.impact ? drawnImpact(view, track.impact) : null,
  };
}

const NONE: readonly AlertMark[] = [];

export function scene(
  view: View,
  tracks: Iterable<Track>,
  alertsOn: ReadonlyMap<string, readonly AlertMark[]>,
  trails: ReadonlyMap<string, Trail>,
): DrawnTrack[] {
  return [...tracks]
    .map((track) => drawn(view, track, alertsOn.get(track.track) ?? NONE, trails.get(track.track)))
    .filter((one) => one !== null)
    .sort((a, b) => b.priority - a.priority || a.track.track.localeCompare(b.track.track));
}

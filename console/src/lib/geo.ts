/** Small geometry for drawing: web Mercator to screen, and offsets on a locally flat earth. Not for judging. */

export interface Point {
  x: number;
  y: number;
}

export interface Place {
  longitude: number;
  latitude: number;
}

/** What the map shows: centre, zoom (512 px tiles) and size in CSS pixels. North is up. */
export interface View {
  longitude: number;
  latitude: number;
  zoom: number;
  width: number;
  height: number;
}

const RAD = Math.PI / 180;
const METRES_PER_DEGREE = 111_195;
/** sqrt of the 95 % point of chi-squared with two degrees of freedom: 1 sigma → 95 % ellipse. */
export const ELLIPSE_95 = 2.4477;

/** Place on the unit square of the Mercator projection, west and north at 0. */
export const mercatorX = (longitude: number): number => (longitude + 180) / 360;
export const mercatorY = (latitude: number): number => 0.5 - Math.log(Math.tan(Math.PI / 4 + (latitude * RAD) / 2)) / (2 * Math.PI);

/** A view as the straight map from the unit square to pixels: x = (mercatorX - left) * size. */
export interface Window {
  left: number;
  top: number;
  size: number;
}

export function windowOf(view: View): Window {
  const size = 512 * 2 ** view.zoom;
  return {
    size,
    left: mercatorX(view.longitude) - view.width / 2 / size,
    top: mercatorY(view.latitude) - view.height / 2 / size,
  };
}

export function project(view: View, place: Place): Point {
  const { left, top, size } = windowOf(view);
  return { x: (mercatorX(place.longitude) - left) * size, y: (mercatorY(place.latitude) - top) * size };
}

export function metresPerPixel(view: View): number {
  return (METRES_PER_DEGREE * 360 * Math.cos(view.latitude * RAD)) / (512 * 2 ** view.zoom);
}

/** The place `metres` away at a true azimuth, on a locally flat earth: good to a pixel over tens of kilometres. */
export function offset(from: Place, azimuthDeg: number, metres: number): Place {
  const north = (metres * Math.cos(azimuthDeg * RAD)) / METRES_PER_DEGREE;
  const east = (metres * Math.sin(azimuthDeg * RAD)) / (METRES_PER_DEGREE * Math.cos(from.latitude * RAD));
  return { longitude: from.longitude + east, latitude: from.latitude + north };
}

/** Metres between two places, on a locally flat earth. */
export function span(a: Place, b: Place): number {
  const east = (b.longitude - a.longitude) * Math.cos(a.latitude * RAD);
  return Math.hypot(east, b.latitude - a.latitude) * METRES_PER_DEGREE;
}

/** Half width of an ellipse across a course. */
export function acrossCourse(majorM: number, minorM: number, azimuthDeg: number, courseDeg: number): number {
  const turn = (azimuthDeg - courseDeg) * RAD;
  return Math.hypot(majorM * Math.sin(turn), minorM * Math.cos(turn));
}

export const pathData = (points: readonly Point[], close = false): string =>
  points.length === 0
    ? ''
    : `M${points.map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join('L')}${close ? 'Z' : ''}`;

/** A round scale-bar length that fits in `maxPixels`: 1, 2 or 5 times a power of ten, in metres. */
export function scaleLength(view: View, maxPixels: number): number {
  const most = metresPerPixel(view) * maxPixels;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power;
}

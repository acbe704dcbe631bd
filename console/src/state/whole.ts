/** Whole tracks into the store's form, and the store's form as one delta. */
import type { Columns, Track, TracksDelta } from '../api/types';
import { Entry, Tracks } from './tracks';

export const tracksOf = (tracks: Iterable<Track>): Tracks =>
  new Tracks(new Map([...tracks].map((one) => [one.track, wholeEntry(one)])));

/** An entry that holds a whole track, as its own one-row columns. */
function wholeEntry(one: Track): Entry {
  const columns: Columns = {
    track: [one.track],
    observed_s: [Date.parse(one.time_utc) / 1000],
    last_update_s: [Date.parse(one.last_update_utc) / 1000],
    latitude_deg: [one.latitude_deg],
    longitude_deg: [one.longitude_deg],
    altitude_ellipsoid_m: [one.altitude_ellipsoid_m],
    altitude_msl_m: [one.altitude_msl_m],
    height_agl_m: [one.height_agl_m],
    velocity_east_mps: [one.velocity_east_mps],
    velocity_north_mps: [one.velocity_north_mps],
    velocity_up_mps: [one.velocity_up_mps],
    speed_mps: [one.speed_mps],
    course_true_deg: [one.course_true_deg],
    sigma_position_m: [one.sigma_position_m],
    sigma_major_m: [one.ellipse.sigma_major_m],
    sigma_minor_m: [one.ellipse.sigma_minor_m],
    azimuth_true_deg: [one.ellipse.azimuth_true_deg],
    p_exists: [one.p_exists],
  };
  return new Entry(columns, 0, one, one);
}

/** Everything as one delta: what another thread begins with. */
export function wholeDelta(entries: ReadonlyMap<string, Entry>): TracksDelta {
  const all = [...entries.values()];
  const names = Object.keys(all[0]?.columns ?? {}) as (keyof Columns)[];
  return {
    seq: 0,
    kind: 'tracks',
    whole: true,
    moves: Object.fromEntries(names.map((name) => [name, all.map((one) => one.columns[name][one.row] ?? null)])) as Partial<Columns>,
    about: all.map((one) => one.about),
    details: all.flatMap((one) => one.detail ?? []),
    trails: {},
  };
}

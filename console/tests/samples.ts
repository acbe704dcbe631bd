/** Small complete objects of the API for the tests; each test changes what it is about. */
import type { Alert, Columns, TopicViews, Track, TracksDelta } from '../src/api/types';

export const track = (change: Partial<Track> = {}): Track => ({
  track: 'test-T-0001',
  origin: 'simulated',
  time_utc: '2021-09-11T20:42:00.000Z',
  first_utc: '2021-09-11T20:41:00.000Z',
  last_update_utc: '2021-09-11T20:42:00.000Z',
  status: 'confirmed',
  latitude_deg: 36.2,
  longitude_deg: 43.9,
  altitude_ellipsoid_m: 630,
  altitude_msl_m: 615,
  height_agl_m: 200,
  velocity_east_mps: 40,
  velocity_north_mps: 40,
  velocity_up_mps: 0,
  speed_mps: 57,
  course_true_deg: 45,
  sigma_position_m: 20,
  ellipse: { sigma_major_m: 40, sigma_minor_m: 10, azimuth_true_deg: 45 },
  p_exists: 0.99,
  class: 'uav_fixed_wing',
  p_class: 0.9,
  p_classes: { uav_fixed_wing: 0.9, bird: 0.1 },
  identity: null,
  cooperation: 'unknown',
  callsign: null,
  sensors: {},
  approaches: [],
  path: [],
  impact: null,
  reasons: [],
  ...change,
});

export const alert = (change: Partial<Alert> = {}): Alert => ({
  alert: 'test-A-0001',
  origin: 'simulated',
  rule: 'uav-near-zone',
  priority: 1,
  test: false,
  state: 'raised',
  track: 'test-T-0001',
  zone: 'perimeter',
  incident: null,
  title: 'Drone inbound',
  raised_utc: '2021-09-11T20:41:50.000Z',
  raised_local: '2021-09-11T23:41:50+03:00',
  raised_time_to_s: 60,
  raised_distance_m: 3000,
  time_to_s: 50,
  distance_m: 2500,
  reasons: [],
  acknowledged_utc: null,
  acknowledged_local: null,
  acknowledged_by: null,
  note: '',
  cleared_utc: null,
  cleared_local: null,
  cleared_why: null,
  ...change,
});

export const topics = (change: Partial<TopicViews> = {}): TopicViews => ({
  decisions: {
    standing: { state: 'none', in_force: false, says: '', withdrawn_utc: null, withdrawn_by: null, withdrawn_note: null },
    decisions: [],
    facts: [],
  },
  sightings: { sightings: [] },
  ...change,
});

/** A delta of the tracks, as the stream's small form has it: each given whole is told of in full. */
export function delta(tracks: readonly Track[], change: Partial<TracksDelta> = {}): TracksDelta {
  const column = <T>(of: (one: Track) => T): T[] => tracks.map(of);
  const moves: Columns = {
    track: column((one) => one.track),
    observed_s: column((one) => Date.parse(one.time_utc) / 1000),
    last_update_s: column((one) => Date.parse(one.last_update_utc) / 1000),
    latitude_deg: column((one) => one.latitude_deg),
    longitude_deg: column((one) => one.longitude_deg),
    altitude_ellipsoid_m: column((one) => one.altitude_ellipsoid_m),
    altitude_msl_m: column((one) => one.altitude_msl_m),
    height_agl_m: column((one) => one.height_agl_m),
    velocity_east_mps: column((one) => one.velocity_east_mps),
    velocity_north_mps: column((one) => one.velocity_north_mps),
    velocity_up_mps: column((one) => one.velocity_up_mps),
    speed_mps: column((one) => one.speed_mps),
    course_true_deg: column((one) => one.course_true_deg),
    sigma_position_m: column((one) => one.sigma_position_m),
    sigma_major_m: column((one) => one.ellipse.sigma_major_m),
    sigma_minor_m: column((one) => one.ellipse.sigma_minor_m),
    azimuth_true_deg: column((one) => one.ellipse.azimuth_true_deg),
    p_exists: column((one) => one.p_exists),
  };
  return { seq: 1, kind: 'tracks', whole: false, moves, about: [...tracks], details: [], trails: {}, ...change };
}

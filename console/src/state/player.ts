/** The picture of an earlier time, made of recorded points as time moves over them. */
import type { Columns, PastPoint, TracksDelta } from '../api/types';
import type { Disposition } from '../lib/disposition';
import { follow } from './draft';
import { Tracks, type Entry } from './tracks';
import { TRAIL_S, type Trail } from './trail';

/** How long after its last point a track is still there: points come once a second, and a picture may be late. */
export const PRESENT_S = 3;

const course = ({ velocity_east_mps: east, velocity_north_mps: north }: PastPoint): number | null =>
  Math.hypot(east, north) < 0.5 ? null : ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;

/** Points as a delta of the picture. What the record does not keep is unknown. */
function deltaOf(points: readonly PastPoint[], suspicious: ReadonlySet<string>): TracksDelta {
  const column = <T>(of: (one: PastPoint) => T): T[] => points.map(of);
  const moves: Columns = {
    track: column((one) => one.track),
    observed_s: column((one) => one.observed_s),
    last_update_s: column((one) => one.observed_s),
    latitude_deg: column((one) => one.latitude_deg),
    longitude_deg: column((one) => one.longitude_deg),
    altitude_ellipsoid_m: column((one) => one.altitude_ellipsoid_m),
    altitude_msl_m: column(() => null),
    height_agl_m: column(() => null),
    velocity_east_mps: column((one) => one.velocity_east_mps),
    velocity_north_mps: column((one) => one.velocity_north_mps),
    velocity_up_mps: column((one) => one.velocity_up_mps),
    speed_mps: column((one) => Math.hypot(one.velocity_east_mps, one.velocity_north_mps)),
    course_true_deg: column(course),
    sigma_position_m: column((one) => one.sigma_position_m),
    sigma_major_m: column((one) => one.sigma_position_m),
    sigma_minor_m: column((one) => one.sigma_position_m),
    azimuth_true_deg: column(() => 0),
    p_exists: column((one) => one.p_exists),
  };
  const frame = (one: PastPoint): Disposition => (suspicious.has(one.track) ? 'suspicious' : one.class === 'bird' ? 'neutral' : 'unknown');
  const about = points.map((one) => ({
    track: one.track,
    first_utc: new Date(0).toISOString(),
    status: one.status,
    class: one.class,
    p_class: one.p_class,
    identity: one.identity,
    cooperation: 'unknown' as const,
    callsign: null,
    impact: null,
    disposition: frame(one),
    evidence_says: frame(one),
    override: null,
    image: null,
  }));
  return { seq: 0, kind: 'tracks', whole: false, moves, about, details: [], trails: {} };
}

export class Player {
  readonly trails = new Map<string, Trail>();
  #entries = new Map<string, Entry>();
  #atS: number | null = null;

  /** Where to read from, to be at `toS` next: from where it stands, or the trail's length back after a leap. */
  from(toS: number): number {
    const at = this.#atS;
    return at !== null && at <= toS && toS - at < TRAIL_S ? at : toS - TRAIL_S - 1e-3;
  }

  /**
   * Move to `toS` over the points after `from(toS)`, in order of time; the picture there. suspicious: tracks that alerts
   * of priority 1 or 2 stood on, which is as much of a track's disposition as can be told of then.
   */
  move(toS: number, points: readonly PastPoint[], suspicious: ReadonlySet<string> = new Set()): Tracks {
    if (this.from(toS) !== this.#atS) this.clear();
    follow(this.#entries, this.trails, deltaOf(points, suspicious));
    this.#atS = toS;
    for (const [id, entry] of this.#entries) {
      if (toS - entry.observedS <= PRESENT_S) continue;
      this.#entries.delete(id);
      this.trails.delete(id);
    }
    return new Tracks(this.#entries);
  }

  clear(): void {
    this.#entries = new Map();
    this.trails.clear();
    this.#atS = null;
  }
}

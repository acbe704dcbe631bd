/**
 * The picture's tracks, kept as they come: what moves stands in the columns of the newest batch that named the track, and a
 * Track is made of it only when somebody asks for that one. A crowd is drawn from the columns without making any.
 */
import type { Columns, Track, TrackAbout, TracksDelta } from '../api/types';

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export class Entry {
  #columns: Columns;
  #row: number;
  #about: TrackAbout;
  #detail: Track | null;
  #made: Track | null = null;

  constructor(columns: Columns, row: number, about: TrackAbout, detail: Track | null = null) {
    this.#columns = columns;
    this.#row = row;
    this.#about = about;
    this.#detail = detail;
  }

  get about(): TrackAbout {
    return this.#about;
  }
  set about(about: TrackAbout) {
    this.#about = about;
    this.#made = null;
  }
  get latitude(): number | null {
    return this.#columns.latitude_deg[this.#row] ?? null;
  }
  get longitude(): number | null {
    return this.#columns.longitude_deg[this.#row] ?? null;
  }
  get observedS(): number {
    return this.#columns.observed_s[this.#row] ?? 0;
  }
  get speedMps(): number {
    return this.#columns.speed_mps[this.#row] ?? 0;
  }
  get courseDeg(): number | null {
    return this.#columns.course_true_deg[this.#row] ?? null;
  }
  get pExists(): number {
    return this.#columns.p_exists[this.#row] ?? 0;
  }
  get majorM(): number {
    return this.#columns.sigma_major_m[this.#row] ?? 0;
  }
  get minorM(): number {
    return this.#columns.sigma_minor_m[this.#row] ?? 0;
  }
  get azimuthDeg(): number {
    return this.#columns.azimuth_true_deg[this.#row] ?? 0;
  }

  get columns(): Columns {
    return this.#columns;
  }
  get row(): number {
    return this.#row;
  }
  get detail(): Track | null {
    return this.#detail;
  }

  /** It has moved: what was known of its way ahead and its reasons is old, unless told again. */
  move(columns: Columns, row: number): void {
    this.#columns = columns;
    this.#row = row;
    this.#detail = null;
    this.#made = null;
  }

  tell(detail: Track): void {
    this.#detail = detail;
    this.#made = null;
  }

  /** The whole track; the same object until something of it changes. What was not told is empty. */
  get track(): Track {
    return (this.#made ??= this.#make());
  }

  #make(): Track {
    if (this.#detail) return this.#detail;
    const [c, i, about] = [this.#columns, this.#row, this.#about];
    return {
      ...about,
      origin: 'live',
      time_utc: iso(this.observedS),
      last_update_utc: iso(c.last_update_s[i] ?? 0),
      latitude_deg: this.latitude,
      longitude_deg: this.longitude,
      altitude_ellipsoid_m: c.altitude_ellipsoid_m[i] ?? null,
      altitude_msl_m: c.altitude_msl_m[i] ?? null,
      height_agl_m: c.height_agl_m[i] ?? null,
      velocity_east_mps: c.velocity_east_mps[i] ?? 0,
      velocity_north_mps: c.velocity_north_mps[i] ?? 0,
      velocity_up_mps: c.velocity_up_mps[i] ?? null,
      speed_mps: this.speedMps,
      course_true_deg: this.courseDeg,
      sigma_position_m: c.sigma_position_m[i] ?? 0,
      ellipse: { sigma_major_m: this.majorM, sigma_minor_m: this.minorM, azimuth_true_deg: this.azimuthDeg },
      p_exists: this.pExists,
      p_classes: {},
      sensors: {},
      approaches: [],
      path: [],
      reasons: [],
      disposition_evidence: [],
    };
  }
}

/** Read as a map of tracks by name. A new one is made for each batch over the same entries, so that readers notice. */
export class Tracks implements ReadonlyMap<string, Track> {
  constructor(readonly all = new Map<string, Entry>()) {}

  get size(): number {
    return this.all.size;
  }
  get(id: string): Track | undefined {
    return this.all.get(id)?.track;
  }
  has(id: string): boolean {
    return this.all.has(id);
  }
  keys(): MapIterator<string> {
    return this.all.keys();
  }
  *values(): MapIterator<Track> {
    for (const entry of this.all.values()) yield entry.track;
  }
  *entries(): MapIterator<[string, Track]> {
    for (const [id, entry] of this.all) yield [id, entry.track];
  }
  [Symbol.iterator](): MapIterator<[string, Track]> {
    return this.entries();
  }
  forEach(act: (track: Track, id: string, map: ReadonlyMap<string, Track>) => void): void {
    for (const [id, entry] of this.all) act(entry.track, id, this);
  }
}

/** Take a delta into the entries; calls `moved` for each track that has. */
export function take(entries: Map<string, Entry>, delta: TracksDelta, moved: (id: string, entry: Entry) => void): void {
  const abouts = new Map(delta.about.map((one) => [one.track, one]));
  const columns = delta.moves as Columns;
  const ids = delta.moves.track ?? [];
  if (delta.whole) {
    const present = new Set(ids);
    for (const id of entries.keys()) if (!present.has(id)) entries.delete(id);
  }
  ids.forEach((id, row) => {
    const about = abouts.get(id);
    let entry = entries.get(id);
    if (entry) entry.move(columns, row);
    else if (about) entries.set(id, (entry = new Entry(columns, row, about)));
    if (!entry) return;
    if (about) entry.about = about;
    moved(id, entry);
  });
  for (const one of delta.details) entries.get(one.track)?.tell(one);
}

import type { Alert, Health, Incident, Message, Track, TrailPoint } from '../api/types';
import type { Topics } from './topics.svelte';

/** Length of a trail, and the least time between its points: as the watch itself keeps them. */
const TRAIL_MS = 120_000;
const TRAIL_STEP_MS = 1000;

/** Since when an alert's track is inside its zone. seen: it was told outside just before, so not for longer. */
export interface Inside {
  ms: number;
  seen: boolean;
}

/** The part of the store that the stream changes. */
export interface Picture {
  tracks: ReadonlyMap<string, Track>;
  trails: ReadonlyMap<string, readonly TrailPoint[]>;
  alerts: ReadonlyMap<string, Alert>;
  incidents: ReadonlyMap<string, Incident>;
  insideSince: ReadonlyMap<string, Inside>;
  pictureMs: number | null;
  health: Health | null;
  readonly topics: Pick<Topics, 'hear' | 'restart'>;
}

/** The next state, gathered over a batch so that the page changes once. */
export class Draft {
  #tracks: Map<string, Track>;
  #trails: Map<string, readonly TrailPoint[]>;
  #alerts: Map<string, Alert>;
  #incidents: Map<string, Incident>;
  #inside: Map<string, Inside>;
  #pictureMs: number | null;
  #health: Health | null;
  healthHeard = false;

  constructor(private readonly watch: Picture) {
    this.#tracks = new Map(watch.tracks);
    this.#trails = new Map(watch.trails);
    this.#alerts = new Map(watch.alerts);
    this.#incidents = new Map(watch.incidents);
    this.#inside = new Map(watch.insideSince);
    this.#pictureMs = watch.pictureMs;
    this.#health = watch.health;
  }

  take(message: Message): void {
    switch (message.kind) {
      case 'snapshot':
        return this.#restart(message);
      case 'track':
        return this.#move(message);
      case 'track_end':
        this.#tracks.delete(message.track);
        this.#trails.delete(message.track);
        return;
      case 'alert':
        return this.#alert(message);
      case 'incident':
        this.#incidents.set(message.id, message);
        return;
      case 'health':
        return this.#heard(message);
      case 'heartbeat':
        return;
      default:
        return this.watch.topics.hear(message);
    }
  }

  commit(): void {
    this.watch.tracks = this.#tracks;
    this.watch.trails = this.#trails;
    this.watch.alerts = this.#alerts;
    this.watch.incidents = this.#incidents;
    this.watch.insideSince = this.#inside;
    this.watch.pictureMs = this.#pictureMs;
    this.watch.health = this.#health;
  }

  #restart(snapshot: Extract<Message, { kind: 'snapshot' }>): void {
    this.#tracks = new Map(snapshot.picture.tracks.map((one) => [one.track, one]));
    this.#trails = new Map(Object.entries(snapshot.picture.trails));
    this.#incidents = new Map(snapshot.incidents.map((one) => [one.id, one]));
    this.#alerts = new Map();
    this.#pictureMs = snapshot.picture.time_utc ? Date.parse(snapshot.picture.time_utc) : null;
    snapshot.alerts.forEach((one) => this.#alert(one));
    this.watch.topics.restart(snapshot.topics);
    this.#heard(snapshot.health);
  }

  #move(track: Track): void {
    this.#tracks.set(track.track, track);
    const at = Date.parse(track.time_utc);
    this.#pictureMs = Math.max(this.#pictureMs ?? at, at);
    if (track.latitude_deg === null || track.longitude_deg === null) return;
    const trail = this.#trails.get(track.track) ?? [];
    const last = trail.at(-1);
    if (last && at - Date.parse(last.time_utc) < TRAIL_STEP_MS) return;
    const kept = trail.filter((point) => at - Date.parse(point.time_utc) <= TRAIL_MS);
    const point = { time_utc: track.time_utc, latitude_deg: track.latitude_deg, longitude_deg: track.longitude_deg };
    this.#trails.set(track.track, [...kept, point]);
  }

  #alert(alert: Alert): void {
    const before = this.#alerts.get(alert.alert);
    const seen = before !== undefined && before.time_to_s !== 0;
    this.#alerts.set(alert.alert, alert);
    if (alert.time_to_s !== 0) this.#inside.delete(alert.alert);
    else if (!this.#inside.has(alert.alert) && this.#pictureMs !== null)
      this.#inside.set(alert.alert, { ms: this.#pictureMs, seen });
  }

  #heard(health: Health): void {
    this.#health = health;
    this.healthHeard = true;
    if (health.picture_utc) this.#pictureMs = Date.parse(health.picture_utc);
  }
}

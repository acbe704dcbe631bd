import type { Alert, Health, Incident, Message, TracksDelta } from '../api/types';
import type { Topics } from './topics.svelte';
import { Tracks, take, type Entry } from './tracks';
import { Trail } from './trail';

/** Since when an alert's track is inside its zone. seen: it was told outside just before, so not for longer. */
export interface Inside {
  ms: number;
  seen: boolean;
}

/** The part of the store that the stream changes. Trails change with the tracks, and are read with them. */
export interface Picture {
  tracks: Tracks;
  readonly trails: Map<string, Trail>;
  alerts: ReadonlyMap<string, Alert>;
  incidents: ReadonlyMap<string, Incident>;
  insideSince: ReadonlyMap<string, Inside>;
  pictureMs: number | null;
  health: Health | null;
  readonly topics: Pick<Topics, 'hear' | 'restart'>;
}

/** Take a delta into tracks and trails; the latest time in it, UTC seconds, 0 for none. */
export function follow(entries: Map<string, Entry>, trails: Map<string, Trail>, delta: TracksDelta): number {
  if (delta.whole) {
    trails.clear();
    for (const [id, flat] of Object.entries(delta.trails)) trails.set(id, Trail.of(flat));
  }
  let latestS = 0;
  take(entries, delta, (id, entry) => {
    latestS = Math.max(latestS, entry.observedS);
    const [latitude, longitude] = [entry.latitude, entry.longitude];
    if (latitude === null || longitude === null) return;
    let trail = trails.get(id);
    if (!trail) trails.set(id, (trail = new Trail()));
    trail.add(entry.observedS, latitude, longitude);
  });
  return latestS;
}

/** The next state, gathered over a batch so that the page changes once. What the batch does not touch stays itself. */
export class Draft {
  readonly #entries: Map<string, Entry>;
  #moved = false;
  #alerts: Map<string, Alert> | null = null;
  #incidents: Map<string, Incident> | null = null;
  #inside: Map<string, Inside> | null = null;
  #pictureMs: number | null;
  #health: Health | null;
  healthHeard = false;

  constructor(private readonly watch: Picture) {
    this.#entries = watch.tracks.all;
    this.#pictureMs = watch.pictureMs;
    this.#health = watch.health;
  }

  take(message: Message): void {
    switch (message.kind) {
      case 'snapshot':
        return this.#restart(message);
      case 'tracks':
        return this.#tracks(message);
      case 'track_end':
        this.#moved = true;
        this.#entries.delete(message.track);
        this.watch.trails.delete(message.track);
        return;
      case 'alert':
        return this.#alert(message);
      case 'incident':
        (this.#incidents ??= new Map(this.watch.incidents)).set(message.id, message);
        return;
      case 'health':
        return this.#heard(message);
      default:
        return this.watch.topics.hear(message);
    }
  }

  commit(): void {
    if (this.#moved) this.watch.tracks = new Tracks(this.#entries);
    if (this.#alerts) this.watch.alerts = this.#alerts;
    if (this.#incidents) this.watch.incidents = this.#incidents;
    if (this.#inside) this.watch.insideSince = this.#inside;
    this.watch.pictureMs = this.#pictureMs;
    this.watch.health = this.#health;
  }

  #restart(snapshot: Extract<Message, { kind: 'snapshot' }>): void {
    this.#heard(snapshot.health);
    this.#incidents = new Map(snapshot.incidents.map((one) => [one.id, one]));
    this.#alerts = new Map();
    snapshot.alerts.forEach((one) => this.#alert(one));
    this.watch.topics.restart(snapshot.topics);
  }

  #tracks(delta: TracksDelta): void {
    this.#moved = true;
    const latestS = follow(this.#entries, this.watch.trails, delta);
    if (latestS > 0) this.#pictureMs = Math.max(this.#pictureMs ?? 0, latestS * 1000);
  }

  #alert(alert: Alert): void {
    const alerts = (this.#alerts ??= new Map(this.watch.alerts));
    const before = alerts.get(alert.alert);
    const seen = before !== undefined && before.time_to_s !== 0;
    alerts.set(alert.alert, alert);
    const inside = this.#inside ?? this.watch.insideSince;
    if (alert.time_to_s !== 0) {
      if (inside.has(alert.alert)) this.#insides().delete(alert.alert);
    } else if (!inside.has(alert.alert) && this.#pictureMs !== null)
      this.#insides().set(alert.alert, { ms: this.#pictureMs, seen });
  }

  #insides(): Map<string, Inside> {
    return (this.#inside ??= new Map(this.watch.insideSince));
  }

  #heard(health: Health): void {
    this.#health = health;
    this.healthHeard = true;
    if (health.picture_utc) this.#pictureMs = Date.parse(health.picture_utc);
  }
}

/** The one store: what the watch says, as last heard. Components read it; only the stream and the actions change it. */
import { Refused, acknowledge, getSite } from '../api/client';
import { StreamLink } from '../api/stream';
import type { Alert, Health, Incident, Message, Site, Track, TrailPoint } from '../api/types';
import { queue } from '../lib/order';

export type Link = 'connecting' | 'up' | 'lost';

/** An action on its way: since when, or why it was refused. */
export interface Pending {
  sinceMs: number;
  refused: string | null;
}

const TRAIL_MS = 120_000;
const TRAIL_STEP_MS = 1000;
/** How far beyond the last word of the watch its clock is carried on, before it stands still. */
const CARRY_MS = 1500;

export class Watch {
  link = $state<Link>('connecting');
  site = $state.raw<Site | null>(null);
  tracks = $state.raw<ReadonlyMap<string, Track>>(new Map());
  trails = $state.raw<ReadonlyMap<string, readonly TrailPoint[]>>(new Map());
  alerts = $state.raw<ReadonlyMap<string, Alert>>(new Map());
  incidents = $state.raw<ReadonlyMap<string, Incident>>(new Map());
  health = $state.raw<Health | null>(null);
  pictureMs = $state<number | null>(null);
  pending = $state.raw<ReadonlyMap<string, Pending>>(new Map());
  /** When each alert's track was first heard to be inside its zone. */
  insideSince = $state.raw<ReadonlyMap<string, number>>(new Map());
  /** The browser's own monotonic clock, ticking; everything that ages reads it. */
  tickMs = $state(performance.now());
  #heardMs = $state(performance.now());
  #healthMs = $state(performance.now());

  readonly queue = $derived(queue(this.alerts.values()));
  readonly silentMs = $derived(this.tickMs - this.#heardMs);
  /** The watch's clock now: as last told, carried on by ours for a moment. */
  readonly nowMs = $derived.by(() => {
    const told = this.health?.time_utc;
    if (!told) return null;
    const moves = this.health?.state === 'ended' ? 0 : (this.health?.speed ?? 0);
    return Date.parse(told) + Math.min(CARRY_MS, Math.max(0, this.tickMs - this.#healthMs)) * moves;
  });
  /** Age of the picture on the watch's clock. */
  readonly pictureAgeS = $derived(
    this.nowMs === null || this.pictureMs === null ? null : Math.max(0, (this.nowMs - this.pictureMs) / 1000),
  );
  readonly origin = $derived(this.health?.origin ?? this.site?.origin ?? 'live');
  readonly ended = $derived(this.health?.state === 'ended');

  #stream: StreamLink | null = null;
  #ticker: ReturnType<typeof setInterval> | undefined;

  start(address: string): void {
    this.#ticker = setInterval(() => this.#tick(), 200);
    this.#stream = new StreamLink(address, {
      messages: (batch) => this.hear(batch),
      closed: () => undefined,
    });
  }

  stop(): void {
    clearInterval(this.#ticker);
    this.#stream?.stop();
  }

  /** Seconds until an alert's track is inside: negative or 0 is inside, null is not on course or not known. */
  remainingS(alert: Alert): number | null {
    if (alert.time_to_s === null || alert.state === 'cleared' || this.link === 'lost') return null;
    return alert.time_to_s - (this.pictureAgeS ?? 0);
  }

  /** A time that is to go, of the picture (not of an alert). */
  fromPictureS(seconds: number | null): number | null {
    return seconds === null || this.link === 'lost' ? null : Math.max(0, seconds - (this.pictureAgeS ?? 0));
  }

  /** Ask the watch to record an acknowledgement. The row changes only when the stream or the answer says so. */
  async acknowledge(id: string): Promise<void> {
    const before = this.pending.get(id);
    if (before && before.refused === null) return;
    this.#setPending(id, { sinceMs: performance.now(), refused: null });
    try {
      const alert = await acknowledge(id, '');
      this.alerts = new Map(this.alerts).set(id, alert);
      this.#setPending(id, null);
    } catch (error) {
      const why = error instanceof Refused ? error.message : String(error);
      this.#setPending(id, { sinceMs: performance.now(), refused: why });
    }
  }

  /** Take in what the stream says, in one step. */
  hear(batch: readonly Message[]): void {
    const draft = new Draft(this);
    for (const message of batch) draft.take(message);
    draft.commit();
    this.#heardMs = performance.now();
    if (draft.healthHeard) this.#healthMs = this.#heardMs;
    this.tickMs = this.#heardMs;
    if (this.link !== 'up') {
      this.link = 'up';
      void this.#learnSite();
    }
  }

  async #learnSite(): Promise<void> {
    try {
      this.site = await getSite();
    } catch {
      setTimeout(() => this.link === 'up' && void this.#learnSite(), 1000);
    }
  }

  #tick(): void {
    this.tickMs = performance.now();
    if (this.tickMs - this.#heardMs > LOST_MS) this.link = 'lost';
  }

  #setPending(id: string, value: Pending | null): void {
    const next = new Map(this.pending);
    if (value) next.set(id, value);
    else next.delete(id);
    this.pending = next;
  }
}

/** Silence after which the picture is covered. The watch beats each second; the cover must be up within 3 s. */
const LOST_MS = 2500;

/** The next state, gathered over a batch so that the page changes once. */
class Draft {
  #tracks: Map<string, Track>;
  #trails: Map<string, readonly TrailPoint[]>;
  #alerts: Map<string, Alert>;
  #incidents: Map<string, Incident>;
  #inside: Map<string, number>;
  #pictureMs: number | null;
  #health: Health | null;
  healthHeard = false;

  constructor(private readonly watch: Watch) {
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
    this.#alerts.set(alert.alert, alert);
    if (alert.time_to_s !== 0) this.#inside.delete(alert.alert);
    else if (!this.#inside.has(alert.alert) && this.#pictureMs !== null) this.#inside.set(alert.alert, this.#pictureMs);
  }

  #heard(health: Health): void {
    this.#health = health;
    this.healthHeard = true;
    if (health.picture_utc) this.#pictureMs = Date.parse(health.picture_utc);
  }
}

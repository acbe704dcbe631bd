/** The one store: what the watch says, as last heard. Components read it; only the stream and the actions change it. */
import { Refused, acknowledge, bringBack, closeAlert, dismiss, getSite } from '../api/client';
import { StreamLink } from '../api/stream';
import type { Alert, Batch, ClosingName, Health, Incident, ReasonName, Site } from '../api/types';
import { isOpen } from '../lib/disposition';
import { isOver, queue } from '../lib/order';
import { Draft, type Inside } from './draft';
import { LOOK_MS, isLost } from '../lib/link';
import { API, streamOf } from '../lib/side';
import { Skew } from './skew';
import { orWhyNot } from './answer';
import { Topics } from './topics.svelte';
import { Tracks } from './tracks';
import type { Trail } from './trail';

export type Link = 'connecting' | 'up' | 'lost';

/** An action on its way: since when, or why it was refused. */
export interface Pending {
  sinceMs: number;
  refused: string | null;
}

/** How far beyond the last word of the watch its clock is carried on, before it stands still. */
const CARRY_MS = 1500;

/** A picture older than this is faded, and says its age. */
const STALE_S = 4;
/** The watch's clock and all ages are told in steps of this: what is made of them is then not made anew at each tick. */
const AGE_STEP_MS = 500;

export class Watch {
  link = $state<Link>('connecting');
  site = $state.raw<Site | null>(null);
  /** Why the site could not be read the last time; empty while it is known, or not asked for. */
  siteWhy = $state('');
  tracks = $state.raw(new Tracks());
  readonly trails = new Map<string, Trail>();
  alerts = $state.raw<ReadonlyMap<string, Alert>>(new Map());
  incidents = $state.raw<ReadonlyMap<string, Incident>>(new Map());
  health = $state.raw<Health | null>(null);
  pictureMs = $state<number | null>(null);
  pending = $state.raw<ReadonlyMap<string, Pending>>(new Map());
  /** Since when each alert's track is inside its zone. */
  insideSince = $state.raw<ReadonlyMap<string, Inside>>(new Map());
  /** The browser's own monotonic clock, ticking; everything that ages reads it. */
  tickMs = $state(performance.now());
  #heardMs = $state(performance.now());
  #healthMs = $state(performance.now());

  /** How far this browser's clock is ahead of the server's, milliseconds; null before it is known. */
  skewMs = $state<number | null>(null);
  readonly #skew = new Skew();

  readonly topics = new Topics();

  readonly queue = $derived(queue(this.alerts.values()));
  /** The open alerts on each track. */
  readonly alertsOn: ReadonlyMap<string, readonly Alert[]> = $derived.by(() => {
    const found = new Map<string, Alert[]>();
    for (const one of this.alerts.values()) {
      if (one.track === null || !isOpen(one)) continue;
      const on = found.get(one.track);
      if (on) on.push(one);
      else found.set(one.track, [one]);
    }
    return found;
  });
  readonly silentMs = $derived(this.tickMs - this.#heardMs);
  /** The watch's clock now: as last told, carried on by ours for a moment. */
  readonly nowMs = $derived.by(() => {
    const told = this.health?.time_utc;
    if (!told) return null;
    const moves = this.health?.state === 'ended' ? 0 : (this.health?.speed ?? 0);
    const now = Date.parse(told) + Math.min(CARRY_MS, Math.max(0, this.tickMs - this.#healthMs)) * moves;
    return Math.floor(now / AGE_STEP_MS) * AGE_STEP_MS;
  });
  /** Age of the picture on the watch's clock. */
  readonly pictureAgeS = $derived(
    this.nowMs === null || this.pictureMs === null
      ? null
      : Math.max(0, Math.round((this.nowMs - this.pictureMs) / AGE_STEP_MS) * (AGE_STEP_MS / 1000)),
  );
  /** The link lives, but the picture is old. */
  readonly stale = $derived(this.link === 'up' && this.health?.state !== 'ended' && (this.pictureAgeS ?? 0) > STALE_S);
  readonly origin = $derived(this.health?.origin ?? this.site?.origin ?? 'live');
  readonly ended = $derived(this.health?.state === 'ended');

  /** Is given each batch as it came: for another thread, which is faster to hand a text than objects. */
  overhear: ((text: string) => void) | null = null;
  #stream: StreamLink | null = null;

  /** side: of the API, of which this is the picture. */
  constructor(readonly side: string = API) {}
  #ticker: ReturnType<typeof setInterval> | undefined;

  start(closed: () => void = () => undefined, address: string = streamOf(this.side)): void {
    this.#ticker = setInterval(() => this.#tick(), LOOK_MS);
    this.#stream = new StreamLink(address, {
      batch: (batch, text) => {
        this.overhear?.(text);
        this.hear(batch);
      },
      closed,
    });
  }

  /** Tracks somebody looks at: to be sent whole. */
  lookAt(tracks: readonly string[]): void {
    this.#stream?.watch(tracks);
  }

  stop(): void {
    clearInterval(this.#ticker);
    this.#stream?.stop();
  }

  /** Seconds until an alert's track is inside: negative or 0 is inside, null is not on course or not known. */
  remainingS(alert: Alert): number | null {
    if (alert.time_to_s === null || isOver(alert) || this.link === 'lost') return null;
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

  /** What a person says of an alert: its dismissal, its end, or a dismissal taken back. Null, or why it was not done. */
  dismiss(id: string, reason: ReasonName, note: string, confirm: boolean): Promise<string | null> {
    return this.#say(dismiss(id, reason, note, confirm));
  }

  closeAlert(id: string, reason: ClosingName, note: string): Promise<string | null> {
    return this.#say(closeAlert(id, reason, note));
  }

  bringBack(id: string): Promise<string | null> {
    return this.#say(bringBack(id));
  }

  #say(answer: Promise<Alert>): Promise<string | null> {
    return orWhyNot(answer, (alert) => (this.alerts = new Map(this.alerts).set(alert.alert, alert)));
  }

  /** Take in what the stream says, in one step. */
  hear(batch: Batch): void {
    const draft = new Draft(this);
    for (const message of batch.messages) draft.take(message);
    this.skewMs = this.#skew.hear(Date.parse(batch.sent_utc), Date.now());
    draft.commit();
    this.#heardMs = performance.now();
    if (draft.healthHeard) this.#healthMs = this.#heardMs;
    this.tickMs = this.#heardMs;
    const version = this.topics.views?.site.sha256;
    if (this.link !== 'up' || (this.site && version && version !== this.site.sha256)) {
      this.link = 'up';
      void this.#learnSite();
    }
  }

  async #learnSite(): Promise<void> {
    try {
      this.site = await getSite(this.side);
      this.siteWhy = '';
    } catch (error) {
      this.siteWhy = error instanceof Error ? error.message : String(error);
      setTimeout(() => this.link === 'up' && void this.#learnSite(), 1000);
    }
  }

  #tick(): void {
    this.tickMs = performance.now();
    if (isLost(this.#heardMs, this.tickMs)) this.link = 'lost';
  }

  #setPending(id: string, value: Pending | null): void {
    const next = new Map(this.pending);
    if (value) next.set(id, value);
    else next.delete(id);
    this.pending = next;
  }
}

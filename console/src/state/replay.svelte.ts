/** Looking back: a time, a speed, and what the record says of it. The live watch goes on beside it, untouched. */
import { Refused, getPastAlerts, getSpan } from '../api/client';
import type { Alert, PastPoint, Span } from '../api/types';
import type { AlertMark } from '../lib/disposition';
import { marksAt } from './marks';
import { CHUNK_S, Past } from './past';
import { Player } from './player';
import type { Shown } from './shown';
import { Tracks } from './tracks';
import type { Trail } from './trail';
import type { Watch } from './watch.svelte';

export const SPEEDS: readonly number[] = [0.5, 1, 2, 5, 10, 30, 60];
export const WINDOWS_S: readonly number[] = [900, 3600, 21_600, 86_400];
/** The picture is made anew so often while it plays. */
const STEP_MS = 250;
/** A jump to an alert begins this long before it, so that one sees it come. */
const LEAD_MS = 10_000;
/** The strip's alerts and span are asked for again so often. */
const REFRESH_MS = 10_000;
const PAGES = 10;
/** Part of the strip beyond now, so that now is not at the very edge. */
const MARGIN = 0.02;

export class Replay implements Shown {
  on = $state(false);
  playing = $state(false);
  speed = $state(1);
  atMs = $state(0);
  windowS = $state(3600);
  tracks = $state.raw(new Tracks());
  span = $state.raw<Span | null>(null);
  #fetched = $state.raw<readonly Alert[]>([]);
  loading = $state(false);
  partial = $state(false);
  failed = $state<string | null>(null);
  /** Live alerts that were there when looking back began: what comes after breaks through. */
  #known = $state.raw<ReadonlySet<string>>(new Set());
  readonly #player = new Player();
  readonly #past = new Past();
  #timer: ReturnType<typeof setInterval> | undefined;
  #refreshed = -Infinity;
  #fetchedFromMs = Infinity;

  constructor(private readonly watch: Watch) {}

  get trails(): ReadonlyMap<string, Trail> {
    return this.#player.trails;
  }
  get pictureMs(): number {
    return this.atMs;
  }
  /** The watch's latest time: where looking back ends and live begins. */
  readonly endMs = $derived.by(() => this.watch.nowMs ?? this.watch.pictureMs ?? 0);
  /** Alerts of the time that is shown: as recorded, and as the live watch has them now. */
  readonly alerts: readonly Alert[] = $derived.by(() => {
    const found = new Map(this.#fetched.map((one) => [one.alert, one]));
    for (const one of this.watch.alerts.values()) if (!one.test) found.set(one.alert, one);
    return [...found.values()];
  });
  /** The alerts that stood then, as they stood. */
  readonly alertsOn: ReadonlyMap<string, readonly AlertMark[]> = $derived.by(() => marksAt(this.alerts, this.atMs));
  /** Live alerts of priority 1 that were raised while looking back. */
  readonly breaking = $derived.by(() =>
    this.on
      ? this.watch.queue.open.filter((one) => one.priority === 1 && one.state === 'raised' && !this.#known.has(one.alert))
      : [],
  );

  begin(atMs: number, playing = false): void {
    if (!this.on) {
      this.#known = new Set(this.watch.alerts.keys());
      this.on = true;
      this.#timer = setInterval(() => this.#tick(), STEP_MS);
    }
    this.playing = playing;
    this.seek(atMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.on = this.playing = false;
    this.#player.clear();
    this.tracks = new Tracks();
  }

  seek(atMs: number): void {
    const first = this.span?.first_utc ? Date.parse(this.span.first_utc) : -Infinity;
    this.atMs = Math.min(this.endMs, Math.max(first, atMs));
    if (this.atMs < this.#fetchedFromMs) void this.refresh();
    this.#show();
  }

  /** To the alert before or after the time shown; null where there is none. */
  jump(by: 1 | -1): Alert | null {
    const from = this.on ? this.atMs : this.endMs;
    const starts = this.alerts.map((one) => ({ one, ms: Date.parse(one.raised_utc) - LEAD_MS })).sort((a, b) => a.ms - b.ms);
    const found = by > 0 ? starts.find(({ ms }) => ms > from + 500) : starts.findLast(({ ms }) => ms < from - 500);
    if (!found) return null;
    this.begin(found.ms, this.playing);
    return found.one;
  }

  faster(by: 1 | -1): void {
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(this.speed) + by))] ?? 1;
  }

  /** Ask again how far the record reaches, and for the alerts of the window. */
  async refresh(): Promise<void> {
    this.#refreshed = performance.now();
    const fromMs = this.#windowStartMs();
    this.#fetchedFromMs = fromMs;
    try {
      this.span = await getSpan();
      this.#fetched = await alertsOf(fromMs, this.endMs + 1000);
      this.failed = null;
    } catch (error) {
      this.failed = error instanceof Refused ? error.message : String(error);
    }
  }

  /** For the strip, each tick: what it shows is a few seconds old at most. */
  keepFresh(): void {
    if (this.watch.link === 'up' && this.endMs > 0 && performance.now() - this.#refreshed > REFRESH_MS) void this.refresh();
  }

  /** Where the strip begins and ends: up to a little past now, or round the time shown where that is earlier. */
  readonly shownMs: readonly [number, number] = $derived.by(() => {
    const length = this.windowS * 1000;
    const end = this.endMs + length * MARGIN;
    const until = this.on && this.atMs < end - length ? Math.min(end, this.atMs + length / 2) : end;
    return [until - length, until];
  });

  #suspicious(): ReadonlySet<string> {
    return new Set([...this.alertsOn].filter(([, marks]) => marks.some((one) => one.priority <= 2)).map(([id]) => id));
  }

  #windowStartMs(): number {
    return Math.min(this.shownMs[0], this.atMs || Infinity) - 1000;
  }

  #tick(): void {
    if (this.breaking.length > 0) this.playing = false;
    if (!this.playing) return;
    this.seek(this.atMs + STEP_MS * this.speed);
    if (this.atMs >= this.endMs) this.playing = false;
  }

  #show(): void {
    const toS = this.atMs / 1000;
    const points: PastPoint[] = [];
    let [whole, here] = [true, true];
    const from = this.#player.from(toS);
    const last = Math.floor((toS + this.speed) / CHUNK_S);
    for (let minute = Math.floor(from / CHUNK_S); minute <= last; minute++) {
      const chunk = this.#past.get(minute, this.endMs / 1000, () => this.#show(), (why) => (this.failed = why));
      if (!chunk) {
        if (minute * CHUNK_S <= toS) here = false;
        continue;
      }
      whole &&= chunk.whole;
      for (const one of chunk.points) if (one.observed_s > from && one.observed_s <= toS) points.push(one);
    }
    this.loading = !here;
    this.partial = !whole;
    if (here) this.tracks = this.#player.move(toS, points, this.#suspicious());
  }
}

async function alertsOf(fromMs: number, untilMs: number): Promise<Alert[]> {
  const found: Alert[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES; page++) {
    const answer = await getPastAlerts(new Date(fromMs).toISOString(), new Date(untilMs).toISOString(), after);
    found.push(...answer.alerts);
    after = answer.next;
    if (after === null) break;
  }
  return found;
}

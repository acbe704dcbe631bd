/** What this officer has chosen on this screen: nothing here is known to the watch. */
import type { Alert, Track } from '../api/types';
import { lines, type Line } from '../lib/groups';
import { Replay } from './replay.svelte';
import { Sound } from './sound.svelte';
import { screenNamed, type ScreenName } from '../screens';
import type { Heading } from '../lib/keyboard.svelte';
import type { Shown } from './shown';
import type { Watch } from './watch.svelte';

export type Mode = 'night' | 'day' | 'red';
export type Layer = 'coverage' | 'rings' | 'zones' | 'trails' | 'projections' | 'labels' | 'places' | 'detections';
export type Dialog = 'keys' | 'layers' | 'identity' | 'flights' | 'order' | 'tracks' | null;

export const LAYERS: readonly Layer[] = ['coverage', 'rings', 'zones', 'trails', 'projections', 'labels', 'places', 'detections'];
const MODES: readonly Mode[] = ['night', 'day', 'red'];

export class Desk {
  mode = $state<Mode>('night');
  screen = $state<ScreenName>('');
  /** What the address names after the screen. */
  subject = $state<string | null>(null);
  dialog = $state<Dialog>(null);
  layers = $state<Record<Layer, boolean>>({
    coverage: true,
    rings: true,
    zones: true,
    trails: true,
    projections: true,
    labels: true,
    places: true,
    detections: false,
  });
  /** Chosen by hand: an alert, or a track. Without a choice the first unseen priority 1 is shown. */
  #alert = $state<string | null>(null);
  #track = $state<string | null>(null);
  #none = $state(false);
  /** Counts the requests to frame the map anew. */
  frames = $state(0);
  zooms = $state<{ count: number; by: number }>({ count: 0, by: 0 });
  pans = $state.raw<{ count: number; by: Heading }>({ count: 0, by: [0, 0] });

  readonly alert: Alert | null = $derived.by(() => {
    if (this.#none) return null;
    if (this.#alert) return this.watch.alerts.get(this.#alert) ?? null;
    if (this.#track) return this.listed.find((one) => one.track === this.#track) ?? null;
    return this.listed[0] ?? null;
  });
  readonly trackId: string | null = $derived.by(() => (this.#none ? null : (this.#track ?? this.alert?.track ?? null)));
  readonly track: Track | null = $derived.by(() => (this.trackId ? (this.shown.tracks.get(this.trackId) ?? null) : null));
  /** Alerts as the queue lists them, top to bottom. */
  readonly listed: readonly Alert[] = $derived.by(() => {
    const { hero, test, acknowledged, awaiting, dismissed } = this.watch.queue;
    const top = [hero, test].filter((one) => one !== null);
    return [...top, ...this.rows.flatMap((one) => one.shown), ...acknowledged, ...awaiting, ...dismissed];
  });
  /** What map and card show. */
  readonly shown: Shown = $derived.by(() => (this.replay.on ? this.replay : this.watch));
  readonly replay: Replay;
  /** Rules whose many alerts of priority 3 and 4 are shown one by one. */
  expanded = $state.raw<readonly string[]>([]);
  /** What nobody has seen, but for the one that shouts: rows, and many of the same rule as one. */
  readonly rows: readonly Line[] = $derived.by(() => {
    const { open, hero } = this.watch.queue;
    return lines(open.filter((one) => one !== hero), this.expanded);
  });
  /** The alert of which this officer is about to say what it is. */
  judged = $state<string | null>(null);
  readonly sound: Sound;

  constructor(readonly watch: Watch) {
    this.sound = new Sound(watch);
    this.replay = new Replay(watch);
    this.mode = MODES.find((one) => one === localStorage.getItem('vedette-mode')) ?? 'night';
    this.readAddress();
  }

  /** Seconds that are left of a time given with the picture that is shown. */
  leftS(inS: number | null): number | null {
    return this.replay.on ? inS : this.watch.fromPictureS(inS);
  }

  /** Look back from where the chosen alert began, or a minute; or back to live. */
  lookBack(): void {
    if (this.replay.on) return this.replay.end();
    const raised = this.alert ? Date.parse(this.alert.raised_utc) - 10_000 : this.replay.endMs - 60_000;
    this.replay.begin(raised, true);
  }

  /** To the alert before or after the time shown. */
  jump(by: 1 | -1): void {
    const alert = this.replay.jump(by);
    if (alert?.track) this.chooseTrack(alert.track);
  }

  choose(alert: Alert): void {
    this.#none = false;
    this.#alert = alert.alert;
    this.#track = alert.track;
  }

  chooseTrack(track: string): void {
    this.#none = false;
    this.#alert = null;
    this.#track = track;
  }

  chooseNothing(): void {
    this.#none = true;
    this.#alert = null;
    this.#track = null;
  }

  step(by: 1 | -1): void {
    const rows = this.listed;
    const at = rows.findIndex((one) => one.alert === this.alert?.alert);
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) this.choose(next);
  }

  /** Open, or shut, the reasons for the chosen alert. */
  judge(alert: Alert | null = this.alert): void {
    if (!alert || alert.test || alert.state === 'dismissed' || alert.state === 'closed') return;
    this.choose(alert);
    this.judged = this.judged === alert.alert ? null : alert.alert;
  }

  expand(rule: string): void {
    const others = this.expanded.filter((one) => one !== rule);
    this.expanded = others.length < this.expanded.length ? others : [...others, rule];
  }

  cycleMode(): void {
    this.setMode(MODES[(MODES.indexOf(this.mode) + 1) % MODES.length] ?? 'night');
  }

  setMode(mode: Mode): void {
    this.mode = mode;
    localStorage.setItem('vedette-mode', mode);
  }

  zoom(by: number): void {
    this.zooms = { count: this.zooms.count + 1, by };
  }

  /** Move the map's view: steps to the right and down. */
  pan(by: Heading): void {
    this.pans = { count: this.pans.count + 1, by };
  }

  toggle(dialog: Exclude<Dialog, null>): void {
    this.dialog = this.dialog === dialog ? null : dialog;
  }

  /** Screens live behind the #, so that the one page serves them all and the back key works. */
  go(screen: ScreenName, subject: string | null = null): void {
    location.hash = subject ? `#/${screen}/${encodeURIComponent(subject)}` : `#/${screen}`;
  }

  readAddress(): void {
    const [, screen = '', subject = ''] = location.hash.split('/');
    this.screen = screenNamed(screen);
    this.subject = subject ? decodeURIComponent(subject) : null;
  }
}

/** The first start: from nothing to a site file, in five steps. */
import { Refused } from '../api/client';
import { offset, type Place } from '../lib/geo';
import { setupText as text } from '../text/setup';
import { check, create, edit, firstStart, isWatching } from './api';
import { Draft } from './draft.svelte';
import { fresh, type Field } from './fields';
import { drawn, roleOf, write } from './geometry';

export const STEPS = ['place', 'fence', 'sensor', 'feed', 'check'] as const;
export type Step = (typeof STEPS)[number];

const POLL_MS = 500;
const CORNERS = 12;

const START = (zone: string): string =>
  [
    '# Written by the first start. Every key is described in docs/site-file.md; `vedette check` reads it.',
    `timezone = "${zone}"`,
    'altitude_msl_m = 0.0            # of the reference point; also the ground',
    'geometry = "site.geojson"',
    '',
  ].join('\n');

type Row = Record<string, unknown>;

export class FirstStart {
  readonly draft = new Draft({
    check,
    edit,
    apply: () => Promise.reject(new Refused(409, 'no_watch', 'no watch yet')),
  });
  at = $state(0);
  radiusM = $state(1500);
  folder = $state('');
  beside = $state('');
  zones = $state.raw<string[]>([]);
  starting = $state(false);

  readonly step = $derived<Step>(STEPS[this.at] ?? 'place');
  readonly row = $derived<Row>(this.draft.document ?? {});
  readonly place = $derived.by<Place | null>(() => {
    const { latitude_deg: latitude, longitude_deg: longitude } = this.row;
    return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : null;
  });
  readonly fields = $derived<Field[]>([
    { key: 'name', label: text.first.name, kind: 'text' },
    { key: 'timezone', label: text.first.timezone, kind: 'choice', options: this.zones },
    { key: 'latitude_deg', label: text.zone.latitude, kind: 'number', unit: '°' },
    { key: 'longitude_deg', label: text.zone.longitude, kind: 'number', unit: '°' },
    { key: 'altitude_msl_m', label: text.first.altitude, kind: 'number', unit: 'm' },
  ]);
  /** Whether the step has what it asks for. */
  readonly ready = $derived(this.#isReady(this.step));

  begin(): void {
    const toml = START(Intl.DateTimeFormat().resolvedOptions().timeZone);
    this.draft.begin({ toml, geometry: write({ type: 'FeatureCollection', features: [] }), sha256: '', file: null, edited_on_disk: false });
    this.aim();
    void firstStart().then((about) => {
      this.beside = about.beside;
      this.zones = about.timezones;
    });
  }

  /** On the first step the whole map is a place to click, again and again. */
  aim(): void {
    this.draft.placing = ({ latitude, longitude }) => {
      this.draft.edit([
        { do: 'set', path: ['latitude_deg'], value: Number(latitude.toFixed(5)) },
        { do: 'set', path: ['longitude_deg'], value: Number(longitude.toFixed(5)) },
      ]);
      queueMicrotask(() => this.aim());
    };
  }

  go(to: number): void {
    this.at = to;
    this.draft.zone = this.draft.placing = null;
    if (this.step === 'place') this.aim();
    if (this.step === 'fence') this.#beginFence();
    if (this.step === 'sensor' || this.step === 'feed') this.#first(this.step);
    if (this.step === 'check' && !this.folder) this.folder = slug(String(this.row['name'] ?? ''));
  }

  /** A round perimeter about the reference point, in place of the one there is. */
  fence(): void {
    const centre = this.place;
    if (!centre) return;
    const corners = Array.from({ length: CORNERS }, (_, i) => offset(centre, (360 / CORNERS) * i, this.radiusM));
    const others = this.draft.features.filter((one) => roleOf(one) !== 'perimeter');
    this.draft.zone = 0;
    const properties = { id: 'perimeter', name: 'Perimeter', role: 'perimeter' };
    this.draft.setFeatures([drawn('Polygon', corners, properties), ...others]);
  }

  /** Write the folder, and wait for the watch at the same address. */
  async start(): Promise<void> {
    this.starting = true;
    this.draft.problem = null;
    try {
      await create({ folder: this.folder, site: { toml: this.draft.toml, geometry: this.draft.geometry } });
    } catch (error) {
      this.draft.problem = error instanceof Refused ? error.message : String(error);
      this.starting = false;
      return;
    }
    while (!(await isWatching())) await new Promise((done) => setTimeout(done, POLL_MS));
    location.replace('/');
  }

  #count(table: string): number {
    const rows = this.row[table];
    return Array.isArray(rows) ? rows.length : 0;
  }

  #isReady(step: Step): boolean {
    const faults = this.draft.faults;
    if (step === 'place') return this.place !== null && !faults.some((one) => one.where === 'toml');
    if (faults.length > 0 || !this.draft.isFresh()) return false;
    if (step === 'fence') return this.draft.features.length > 0;
    return step === 'check' ? this.folder !== '' : this.#count(step) > 0;
  }

  #beginFence(): void {
    if (this.draft.features.length) this.draft.zone = 0;
    else this.fence();
  }

  #first(table: 'sensor' | 'feed'): void {
    if (!this.place || this.#count(table)) return;
    const sensors = ((this.row['sensor'] ?? []) as Row[]).map((one) => String(one['id']));
    const made = fresh(table, table === 'feed' ? sensors : [], this.place);
    const height = this.row['altitude_msl_m'] ?? 0;
    this.draft.edit([{ do: 'add', path: [table], table: table === 'sensor' ? { ...made, altitude_msl_m: height } : made }]);
  }
}

const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'site';

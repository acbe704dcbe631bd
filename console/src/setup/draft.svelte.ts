/** The site as an officer is editing it: texts, what the watch says of them, and what is chosen. Nothing is changed
 *  in the watch before `save`. */
import { Refused } from '../api/client';
import type { Site, SiteCheck, SiteFile } from '../api/types';
import type { Kind, Collection, Feature } from './geometry';
import { freeId, idOf, drawn, parse, write } from './geometry';
import type { Place } from '../lib/geo';
import type { Edit, Person, Texts } from './api';

/** What the draft asks of the watch, or of the first start before there is one. */
export interface Checker {
  check: (texts: Texts) => Promise<SiteCheck>;
  edit: (texts: Texts, edits: readonly Edit[]) => Promise<SiteCheck>;
  apply: (texts: Texts, base: string, person: Person) => Promise<SiteFile>;
}

export interface Drawing {
  kind: Kind;
  role: string;
  corners: Place[];
}

/** Wait after the last key or move before the text is checked. */
const SETTLE_MS = 250;

export class Draft {
  base = $state.raw<SiteFile | null>(null);
  toml = $state('');
  geometry = $state<string | null>(null);
  checked = $state.raw<SiteCheck | null>(null);
  /** The newest preview that had no fault: it stays on the map while a fault is being typed away. */
  preview = $state.raw<Site | null>(null);
  problem = $state<string | null>(null);
  busy = $state(false);
  zone = $state<number | null>(null);
  drawing = $state.raw<Drawing | null>(null);
  /** What a click on the map gives a place to. */
  placing = $state.raw<((place: Place) => void) | null>(null);

  readonly dirty = $derived(
    this.base !== null && (this.toml !== this.base.toml || this.geometry !== this.base.geometry),
  );
  readonly collection = $derived<Collection | null>(parse(this.geometry));
  readonly features = $derived<Feature[]>(this.collection?.features ?? []);
  readonly faults = $derived(this.checked?.faults ?? []);
  readonly document = $derived((this.checked?.document ?? null) as Record<string, unknown> | null);
  readonly canSave = $derived(
    this.dirty && !this.busy && this.faults.length === 0 && (this.checked?.held.length ?? 1) === 0 && this.isFresh(),
  );

  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly watch: Checker) {}

  isFresh(): boolean {
    return this.checked !== null && this.checked.toml === this.toml && this.checked.geometry === this.geometry;
  }

  begin(file: SiteFile): void {
    this.base = file;
    this.toml = file.toml;
    this.geometry = file.geometry;
    this.zone = null;
    this.drawing = null;
    this.problem = null;
    this.#ask();
  }

  /** Go on from the site as it now is, with a draft that holds both changes. */
  goOn(now: SiteFile, texts: Texts): void {
    this.begin(now);
    this.toml = texts.toml;
    this.geometry = texts.geometry;
    this.#ask();
  }

  discard(): void {
    if (this.base) this.begin(this.base);
  }

  write(toml: string): void {
    this.toml = toml;
    this.#later();
  }

  /** Edits of the site file's tables; the text comes back from the watch with comments and order kept. */
  edit(edits: readonly Edit[]): void {
    this.#queue(async () => this.#heard(await this.watch.edit(this.texts(), edits), true));
  }

  set(path: readonly (string | number)[], value: unknown): void {
    this.edit([{ do: 'set', path: [...path], value }]);
  }

  setFeatures(features: Feature[]): void {
    const collection = this.collection ?? { type: 'FeatureCollection', features: [] };
    this.geometry = write({ ...collection, features });
    if (this.document && !('geometry' in this.document)) {
      this.set(['geometry'], `${String(this.document['id'] ?? 'site')}.geojson`);
    } else {
      this.#later();
    }
  }

  setFeature(at: number, feature: Feature): void {
    this.setFeatures(this.features.map((one, i) => (i === at ? feature : one)));
  }

  removeFeature(at: number): void {
    this.zone = null;
    this.setFeatures(this.features.filter((_, i) => i !== at));
  }

  finishDrawing(): void {
    const { kind, role, corners } = this.drawing ?? { kind: 'Point' as const, role: '', corners: [] };
    this.drawing = null;
    const id = freeId(role, this.features.map(idOf));
    const extra = kind === 'Point' ? { radius_m: 100 } : kind === 'LineString' ? { width_m: 45 } : {};
    this.zone = this.features.length;
    this.setFeatures([...this.features, drawn(kind, corners, { id, role, ...extra })]);
  }

  /** Change the watch's site; true when it is recorded. */
  async save(person: Person): Promise<boolean> {
    const base = this.base;
    if (!base) return false;
    return this.take(() => this.watch.apply(this.texts(), base.sha256, person));
  }

  /** Take what a change gives back as the new base; a refusal is said. */
  async take(change: () => Promise<SiteFile>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      this.begin(await change());
      return true;
    } catch (error) {
      this.problem = error instanceof Refused ? error.message : String(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  texts(): Texts {
    return { toml: this.toml, geometry: this.geometry };
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), SETTLE_MS);
  }

  #ask(): void {
    this.#queue(async () => this.#heard(await this.watch.check(this.texts()), false));
  }

  #queue(act: () => Promise<void>): void {
    this.#turn = this.#turn.then(act).catch((error: unknown) => {
      this.problem = error instanceof Refused ? error.message : String(error);
    });
  }

  #heard(said: SiteCheck, edited: boolean): void {
    if (edited) this.toml = said.toml;
    this.checked = said;
    this.preview = said.site ?? this.preview;
  }
}

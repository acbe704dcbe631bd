/** One incident as its screen has it: document, case and map, read again whenever the watch says that it changed. */
import { Refused, getIncident } from '../api/client';
import { add, addFile, getCase, getMap, type CaseFile, type MapFeature, type MapPaths } from '../api/dossier';
import type { IncidentDocument } from '../api/types';

const PERSON = 'vedette-person';
/** How long until the map is asked for again whose smoothed tracks are being made. */
const PENDING_MS = 3000;

export interface Who {
  by: string;
  role: string;
}

export class Casefile {
  document = $state.raw<IncidentDocument | null>(null);
  /** From the record; null before it was read. */
  record = $state.raw<CaseFile | null>(null);
  features = $state.raw<readonly MapFeature[]>([]);
  /** How the map's tracks are drawn; null before it was read. */
  paths = $state.raw<MapPaths | null>(null);
  refused = $state('');
  recordRefused = $state('');
  /** Evidence that lights up: of the sentence under the pointer, else of the one that was chosen. */
  pointed = $state.raw<readonly string[]>([]);
  pinned = $state.raw<readonly string[]>([]);
  readonly lit = $derived.by(() => {
    const ids = this.pointed.length ? this.pointed : this.pinned;
    return { has: (id: string): boolean => ids.includes(id) };
  });
  /** Who typed the last form: offered in the next one. */
  who = $state<Who>({ by: '', role: '' });

  #asked = 0;
  #mapAsked = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly id: string) {
    const [by = '', role = ''] = (sessionStorage.getItem(PERSON) ?? '').split('\n');
    this.who = { by, role };
  }

  /** Read it again. Answers may overtake each other: only the last one asked for counts. */
  async load(): Promise<void> {
    const mine = ++this.#asked;
    try {
      const document = await getIncident(this.id);
      if (mine !== this.#asked) return;
      this.document = document;
      this.refused = '';
    } catch (error) {
      if (mine === this.#asked) this.refused = reason(error);
      return;
    }
    try {
      const record = await getCase(this.id);
      if (mine !== this.#asked) return;
      this.record = record;
      this.recordRefused = '';
    } catch (error) {
      if (mine === this.#asked) this.recordRefused = reason(error);
    }
  }

  async loadMap(): Promise<void> {
    const mine = ++this.#mapAsked;
    clearTimeout(this.#again);
    try {
      const { features, paths } = await getMap(this.id);
      if (mine !== this.#mapAsked) return;
      this.features = features;
      this.paths = paths;
      if (paths.pending) this.#again = setTimeout(() => void this.loadMap(), PENDING_MS);
    } catch {
      // The map stays as it was; that the watch does not answer is said elsewhere.
    }
  }

  /** Ask for nothing more: the screen has left it. */
  leave(): void {
    this.#mapAsked++;
    clearTimeout(this.#again);
  }

  /** Record something; answers why not, or an empty text. The screen changes only by what the watch answers. */
  async add(path: string, body: object, who: Who): Promise<string> {
    return this.#done(() => add(this.id, path, { ...body, by: who.by.trim(), role: who.role.trim() || null }), who);
  }

  async addFile(file: File, about: Record<string, string>, who: Who): Promise<string> {
    return this.#done(() => addFile(this.id, file, { ...about, by: who.by.trim(), role: who.role.trim() }), who);
  }

  async #done(act: () => Promise<IncidentDocument>, who: Who): Promise<string> {
    this.who = who;
    sessionStorage.setItem(PERSON, `${who.by}\n${who.role}`);
    try {
      this.document = await act();
      this.refused = '';
    } catch (error) {
      return reason(error);
    }
    void this.load();
    return '';
  }
}

const reason = (error: unknown): string => (error instanceof Refused ? error.message : String(error));

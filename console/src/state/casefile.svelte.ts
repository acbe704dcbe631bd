/** One incident as its screen has it: document, case and map, read again whenever the watch says that it changed. */
import { Refused, getIncident } from '../api/client';
import { add, addFile, getCase, getMap, type CaseFile, type MapFeature } from '../api/dossier';
import type { IncidentDocument } from '../api/types';

const PERSON = 'vedette-person';

export interface Who {
  by: string;
  role: string;
}

export class Casefile {
  document = $state.raw<IncidentDocument | null>(null);
  /** From the record; null before it was read. */
  record = $state.raw<CaseFile | null>(null);
  features = $state.raw<readonly MapFeature[]>([]);
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
    try {
      const { features } = await getMap(this.id);
      if (mine === this.#mapAsked) this.features = features;
    } catch {
      // The map stays as it was; that the watch does not answer is said elsewhere.
    }
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

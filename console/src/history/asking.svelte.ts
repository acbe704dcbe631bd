/** What is asked of the history, and what the watch answered. Nothing here is known to anybody else. */
import { Refused, getHistory } from '../api/client';
import type { History, HistoryQuery } from '../api/types';

export type Filter = 'kind' | 'zone' | 'serial' | 'direction';

export class Asking {
  query = $state.raw<HistoryQuery>({});
  answer = $state.raw<History | null>(null);
  refused = $state<string | null>(null);
  #asked = 0;

  /** Ask for it; an answer that comes after a later question is passed over. */
  async ask(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const answer = await getHistory(this.query);
      if (asked !== this.#asked) return;
      this.answer = answer;
      this.refused = null;
    } catch (error) {
      if (asked === this.#asked) this.refused = error instanceof Refused ? error.message : String(error);
    }
  }

  /** Show only what has this value, or, where that is so already, whatever it has. */
  toggle(filter: Filter, value: string): void {
    const { [filter]: before, ...rest } = this.query;
    this.set(before === value ? rest : { ...rest, [filter]: value });
  }

  between(since: string | null, until: string | null): void {
    this.set({ ...this.query, since, until });
  }

  set(query: HistoryQuery): void {
    this.query = query;
    void this.ask();
  }
}

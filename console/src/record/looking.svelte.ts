/** What is looked for in the record, and what was found so far. */
import { type EventsQuery, type RecordEvent, type RecordStanding, getEvents, getRecord, verifyRecord } from '../api/record';
import { Refused } from '../api/client';

const ASK_AGAIN_MS = 1000;

const words = (error: unknown): string => (error instanceof Refused ? error.message : String(error));

export class Looking {
  standing = $state.raw<RecordStanding | null>(null);
  events = $state.raw<readonly RecordEvent[]>([]);
  /** Where the next page begins; null: the first event was reached. */
  next = $state.raw<number | null>(null);
  query = $state.raw<EventsQuery>({});
  busy = $state(true);
  refused = $state<string | null>(null);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Ask anew, from the newest event on. */
  async look(query: EventsQuery = this.query): Promise<void> {
    this.query = query;
    await this.#page(null, []);
  }

  async more(): Promise<void> {
    if (this.next !== null && !this.busy) await this.#page(this.next, this.events);
  }

  /** An answer that comes after a later question is passed over. */
  async #page(before: number | null, kept: readonly RecordEvent[]): Promise<void> {
    const asked = ++this.#asked;
    this.busy = true;
    try {
      const page = await getEvents({ ...this.query, before });
      if (asked !== this.#asked) return;
      this.events = [...kept, ...page.events];
      this.next = page.next_before;
      this.refused = null;
    } catch (error) {
      if (asked === this.#asked) this.refused = words(error);
    }
    if (asked === this.#asked) this.busy = false;
  }

  async stand(ask: () => Promise<RecordStanding> = getRecord): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.standing = await ask();
    } catch (error) {
      this.refused = words(error);
    }
    if (this.standing?.verifying) this.#timer = setTimeout(() => void this.stand(), ASK_AGAIN_MS);
  }

  verify(): Promise<void> {
    return this.stand(verifyRecord);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked++;
  }
}

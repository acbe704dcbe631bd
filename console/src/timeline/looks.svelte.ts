/** Detections of the incidents round a time, a few minutes at once. */
import { getLooks } from '../api/client';
import type { Look } from '../api/types';

/** Detections are shown for so long after they were made. */
export const SHOWN_S = 10;
const SPAN_MS = 120_000;
const PAGES = 5;

export class LooksStore {
  looks = $state.raw<readonly Look[]>([]);
  #have = '';

  /** Hold what is round this time; asks again where it left what it holds. */
  want(incidents: readonly string[], atMs: number): void {
    const begin = Math.floor((atMs - SHOWN_S * 1000) / SPAN_MS) * SPAN_MS;
    const key = `${begin} ${incidents.join(' ')}`;
    if (key === this.#have) return;
    this.#have = key;
    void Promise.all(incidents.map((one) => looksOf(one, begin, begin + 2 * SPAN_MS))).then(
      (found) => {
        if (this.#have === key) this.looks = found.flat();
      },
      () => (this.#have = ''),
    );
  }
}

async function looksOf(incident: string, fromMs: number, untilMs: number): Promise<Look[]> {
  const found: Look[] = [];
  let after: number | null = 0;
  for (let page = 0; page < PAGES && after !== null; page++) {
    const answer = await getLooks(incident, new Date(fromMs).toISOString(), new Date(untilMs).toISOString(), after);
    found.push(...answer.looks);
    after = answer.next;
  }
  return found;
}

/** Recorded points, minute by minute: what is near the time shown is kept, the rest is let go. */
import { Refused, getPoints } from '../api/client';
import type { PastPoint } from '../api/types';

export const CHUNK_S = 60;
/** Minutes kept: the trail's two behind, and as many ahead as the fastest playing needs. */
const KEPT = 12;
/** Pages of a minute: beyond them it is said that not all is shown. */
const PAGES = 6;

export interface Chunk {
  points: readonly PastPoint[];
  whole: boolean;
}

export class Past {
  readonly #chunks = new Map<number, Chunk | Promise<Chunk>>();

  /** A minute if it is here; else it is asked for, and null. A minute that is not over yet is not kept. */
  get(minute: number, nowS: number, came: () => void, failed: (why: string) => void): Chunk | null {
    const found = this.#chunks.get(minute);
    if (found) return found instanceof Promise ? null : found;
    const coming = fetchChunk(minute);
    this.#chunks.set(minute, coming);
    coming.then(
      (chunk) => {
        this.#chunks.set(minute, chunk);
        if ((minute + 1) * CHUNK_S > nowS) setTimeout(() => this.#chunks.delete(minute), 2000);
        this.#letGo(minute);
        came();
      },
      (error: unknown) => {
        setTimeout(() => this.#chunks.delete(minute), 2000);
        failed(error instanceof Refused ? error.message : String(error));
      },
    );
    return null;
  }

  #letGo(near: number): void {
    const far = [...this.#chunks.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const minute of far.slice(0, Math.max(0, far.length - KEPT))) this.#chunks.delete(minute);
  }
}

async function fetchChunk(minute: number): Promise<Chunk> {
  const iso = (s: number): string => new Date(s * 1000).toISOString();
  const points: PastPoint[] = [];
  let after: number | null = 0;
  for (let page = 0; page < PAGES && after !== null; page++) {
    const answer = await getPoints(iso(minute * CHUNK_S), iso((minute + 1) * CHUNK_S), after);
    points.push(...answer.points);
    after = answer.next;
  }
  return { points: points.sort((a, b) => a.observed_s - b.observed_s), whole: after === null };
}

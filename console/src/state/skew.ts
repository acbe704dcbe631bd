/** The browser's clock against the server's, from when messages were sent and when they came. */

/** Messages that it is judged by: about a minute of a busy stream. */
const KEPT = 120;
/** Less than this is not worth a word: a message takes that long on a poor line. */
export const SKEW_TOLD_MS = 1000;

export class Skew {
  #ahead: number[] = [];

  /**
   * How far ours is ahead, milliseconds, as of this message. A message comes after it was sent, never before, so each
   * difference is too large by its way; the least of the latest is the nearest to the truth.
   */
  hear(sentMs: number, heardMs: number): number {
    this.#ahead.push(heardMs - sentMs);
    if (this.#ahead.length > KEPT) this.#ahead.shift();
    return Math.min(...this.#ahead);
  }
}

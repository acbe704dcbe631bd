/** Where a track was in the last two minutes: a ring of numbers, so that thousands of them cost no objects. */
import { mercatorX, mercatorY } from '../lib/geo';

/** Length of a trail, and the least time between its points: as the watch itself keeps them. */
export const TRAIL_S = 120;
export const TRAIL_STEP_S = 1;
const LEAST = 16;
const MOST = 128;

export class Trail {
  /** Time, and place on the unit square of the Mercator projection, of each point in turn. */
  #numbers = new Float64Array(LEAST * 3);
  #first = 0;
  length = 0;

  static of(flat: readonly number[]): Trail {
    const trail = new Trail();
    for (let i = 0; i + 2 < flat.length; i += 3) trail.add(flat[i] ?? 0, flat[i + 1] ?? 0, flat[i + 2] ?? 0);
    return trail;
  }

  /** A copy as plain numbers, to be handed to another thread; `unpacked` makes a trail of it again. */
  packed(): Float64Array {
    const all = new Float64Array(this.length * 3);
    for (let i = 0; i < all.length; i++) all[i] = this.#at(Math.floor(i / 3), i % 3);
    return all;
  }

  static unpacked(all: Float64Array): Trail {
    const trail = new Trail();
    while (trail.#numbers.length < all.length) trail.#grow();
    trail.#numbers.set(all);
    trail.length = all.length / 3;
    return trail;
  }

  /** Add a place, unless the last is too near in time; forget what is too old. */
  add(atS: number, latitude: number, longitude: number): void {
    if (this.length > 0 && atS - this.#at(this.length - 1, 0) < TRAIL_STEP_S) return;
    while (this.length > 0 && atS - this.#at(0, 0) > TRAIL_S) this.#forget();
    if (this.length === this.#size) {
      if (this.#size < MOST) this.#grow();
      else this.#forget();
    }
    const i = ((this.#first + this.length) % this.#size) * 3;
    this.#numbers[i] = atS;
    this.#numbers[i + 1] = mercatorX(longitude);
    this.#numbers[i + 2] = mercatorY(latitude);
    this.length += 1;
  }

  /** Each place from the newest back. */
  backwards(act: (x: number, y: number) => void): void {
    for (let i = this.length - 1; i >= 0; i--) act(this.#at(i, 1), this.#at(i, 2));
  }

  get #size(): number {
    return this.#numbers.length / 3;
  }

  #at(i: number, part: number): number {
    return this.#numbers[((this.#first + i) % this.#size) * 3 + part] ?? 0;
  }

  #forget(): void {
    this.#first = (this.#first + 1) % this.#size;
    this.length -= 1;
  }

  #grow(): void {
    const [size, more] = [this.#size, new Float64Array(this.#numbers.length * 2)];
    for (let i = 0; i < this.length; i++) {
      const from = ((this.#first + i) % size) * 3;
      more.set(this.#numbers.subarray(from, from + 3), i * 3);
    }
    this.#numbers = more;
    this.#first = 0;
  }
}

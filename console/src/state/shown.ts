/** What map and card show: the live watch, or what the record says of an earlier time. */
import type { AlertMark } from '../lib/disposition';
import type { Trail } from './trail';
import type { Tracks } from './tracks';

export interface Shown {
  readonly tracks: Tracks;
  /** Changes with the tracks, and is read with them. */
  readonly trails: ReadonlyMap<string, Trail>;
  readonly alertsOn: ReadonlyMap<string, readonly AlertMark[]>;
  readonly pictureMs: number | null;
}

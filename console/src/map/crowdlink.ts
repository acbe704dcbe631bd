/** What the page and the thread that draws the crowd say to each other. */
import fontUrl from '@fontsource/ibm-plex-sans-condensed/files/ibm-plex-sans-condensed-latin-500-normal.woff2?url';
import strongUrl from '@fontsource/ibm-plex-sans-condensed/files/ibm-plex-sans-condensed-latin-600-normal.woff2?url';
import type { TracksDelta } from '../api/types';
import type { AlertMark } from '../lib/disposition';
import type { View } from '../lib/geo';
import type { Layer } from '../state/desk.svelte';
import type { Shown } from '../state/shown';
import { wholeDelta } from '../state/whole';
import type { Box } from './labels';
import type { Palette } from './sprites';

/** What is to be drawn of the tracks, and how. */
export interface Scene {
  view: View;
  layers: Record<Layer, boolean>;
  /** Drawn by the page itself. */
  few: readonly string[];
  /** Drawn one by one, with their way ahead. */
  alerted: readonly string[];
  alertsOn: readonly (readonly [string, readonly AlertMark[]])[];
  /** What names may not cover. */
  taken: readonly Box[];
  /** The site's id, which names are written without. */
  site: string;
}

export type ToCrowd =
  | { kind: 'begin'; canvas: OffscreenCanvas; pixelRatio: number; fonts: readonly { weight: string; url: string }[] }
  /** The whole picture, with trails packed. */
  | { kind: 'whole'; delta: TracksDelta; trails: readonly (readonly [string, Float64Array])[] }
  /** A batch of the stream, as it came. */
  | { kind: 'batch'; text: string }
  | { kind: 'scene'; scene: Scene }
  | { kind: 'palette'; palette: Palette };

/** How many symbols the last picture shows. */
export interface FromCrowd {
  drawn: number;
}

const FONTS = [
  { weight: '500', url: fontUrl },
  { weight: '600', url: strongUrl },
];

export class CrowdLink {
  readonly #worker = new Worker(new URL('./crowd.worker.ts', import.meta.url), { type: 'module' });

  constructor(canvas: HTMLCanvasElement, pixelRatio: number, drawn: (count: number) => void) {
    const offscreen = canvas.transferControlToOffscreen();
    this.#worker.onmessage = (event: MessageEvent<FromCrowd>) => drawn(event.data.drawn);
    this.#say({ kind: 'begin', canvas: offscreen, pixelRatio, fonts: FONTS }, [offscreen]);
  }

  begin(shown: Shown): void {
    const trails = [...shown.trails].map(([id, trail]) => [id, trail.packed()] as const);
    this.#say({ kind: 'whole', delta: wholeDelta(shown.tracks.all), trails });
  }

  batch(text: string): void {
    this.#say({ kind: 'batch', text });
  }

  scene(scene: Scene): void {
    this.#say({ kind: 'scene', scene });
  }

  colours(palette: Palette): void {
    this.#say({ kind: 'palette', palette });
  }

  close(): void {
    this.#worker.terminate();
  }

  #say(what: ToCrowd, transfer: Transferable[] = []): void {
    this.#worker.postMessage(what, transfer);
  }
}

/** MapLibre, kept behind one small face: the rest of the console knows a View, not a map library. */
import { Map as MapLibre, setWorkerUrl } from 'maplibre-gl';
import type { GeoJSONSource } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Site } from '../api/types';
import type { View } from '../lib/geo';
import type { Heading } from '../lib/keyboard.svelte';
import type { Layer } from '../state/desk.svelte';
import { SWITCHED, drawHatch, repaint, sources, style } from './base';

setWorkerUrl(workerUrl);

const STEP = 0.25;

export interface GroundEvents {
  moved: (view: View) => void;
  /** A person moved the map. */
  byHand: () => void;
}

export class Ground {
  readonly #map: MapLibre;
  #ready = false;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly container: HTMLElement,
    view: View,
    events: GroundEvents,
  ) {
    this.#map = new MapLibre({
      container,
      style: style(),
      center: [view.longitude, view.latitude],
      zoom: view.zoom,
      maxZoom: 18,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      keyboard: false,
      fadeDuration: 0,
      renderWorldCopies: false,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.getCanvas().tabIndex = -1; // it takes no keys itself: those of the screen move it
    this.#map.on('style.load', () => {
      drawHatch(this.#map);
      this.#ready = true;
      this.#waiting.forEach((act) => act());
      this.#waiting = [];
    });
    this.#map.on('move', () => events.moved(this.view()));
    this.#map.on('resize', () => events.moved(this.view()));
    this.#map.on('movestart', (event) => {
      if ('originalEvent' in event && event.originalEvent) events.byHand();
    });
  }

  view(): View {
    const centre = this.#map.getCenter();
    const box = this.container.getBoundingClientRect();
    return {
      longitude: centre.lng,
      latitude: centre.lat,
      zoom: this.#map.getZoom(),
      width: box.width,
      height: box.height,
    };
  }

  go(to: Pick<View, 'longitude' | 'latitude' | 'zoom'>, ms: number): void {
    this.#map.easeTo({ center: [to.longitude, to.latitude], zoom: to.zoom, duration: ms });
  }

  /** Steps to the right and down: a quarter of the view each. */
  pan([right, down]: Heading): void {
    const box = this.container.getBoundingClientRect();
    this.#map.panBy([right * box.width * STEP, down * box.height * STEP], { duration: 120 });
  }

  zoom(by: number): void {
    this.#map.easeTo({ zoom: this.#map.getZoom() + by * 0.5, duration: 160 });
  }

  show(site: Site, silent: ReadonlySet<string>): void {
    this.#whenReady(() => {
      for (const [name, data] of Object.entries(sources(site, silent))) {
        (this.#map.getSource(name) as GeoJSONSource | undefined)?.setData(data);
      }
    });
  }

  switch(layers: Record<Layer, boolean>): void {
    this.#whenReady(() => {
      for (const [name, ids] of Object.entries(SWITCHED)) {
        const visibility = layers[name as Layer] ? 'visible' : 'none';
        for (const id of ids) this.#map.setLayoutProperty(id, 'visibility', visibility);
      }
    });
  }

  repaint(): void {
    this.#whenReady(() => repaint(this.#map));
  }

  remove(): void {
    this.#map.remove();
  }

  #whenReady(act: () => void): void {
    if (this.#ready) act();
    else this.#waiting.push(act);
  }
}

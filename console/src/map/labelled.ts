/** Every label of the map, settled: of tracks, crossing times, places of impact, and the site's own names. */
import type { Site } from '../api/types';
import { clockTime, shortId } from '../lib/format';
import type { View } from '../lib/geo';
import type { Layer } from '../state/desk.svelte';
import { text } from '../text';
import { placeLabels as settle, type Place, type PlacedLabel } from './labels';
import type { DrawnImpact, DrawnTrack } from './scene';
import { crossingLabel, fallenLabel, obstacles, sensorPoints, trackLabel, type Held, type LabelText, type Wanted } from './wishes';

export interface Label extends PlacedLabel {
  words: LabelText;
}

export interface Fallen {
  id: string;
  drawn: DrawnImpact | null;
}

export interface Labelling {
  site: Site | null;
  view: View;
  layers: Record<Layer, boolean>;
  drawn: readonly DrawnTrack[];
  fallen: readonly Fallen[];
  /** Labels of the site's own places, as placeLabels makes them. */
  places: readonly Wanted[];
  chosen: string | null;
  hovered: string | null;
  pictureMs: number | null;
  /** Seconds that are left of a time given with the picture. */
  left: (inS: number | null) => number | null;
}

function wanted(of: Labelling): Wanted[] {
  const { site, layers, drawn, pictureMs } = of;
  const zone = site?.timezone ?? 'UTC';
  const held = (id: string): Held => (id === of.chosen ? 'chosen' : id === of.hovered ? 'pointed' : 'no');
  const tracks = layers.labels ? drawn.map((one) => trackLabel(one, site, of.left, held(one.track.track))) : [];
  const times =
    layers.projections && pictureMs !== null
      ? drawn.flatMap((one) => crossingLabel(one, clockTime(pictureMs + (one.crossing?.inS ?? 0) * 1000, zone)))
      : [];
  const ends = of.fallen.flatMap((one) =>
    one.drawn ? [fallenLabel(one.id, shortId(one.id, site?.id ?? ''), text.impact.did.toLowerCase(), one.drawn.oval)] : [],
  );
  return [...tracks, ...times, ...ends, ...of.places];
}

/** before: where each label stood last time, so that it does not hop. */
export function labelled(of: Labelling, before: ReadonlyMap<string, Place>): Label[] {
  const { site, view } = of;
  const all = wanted(of);
  const words = new Map(all.map((one) => [one.text.id, one.text]));
  const wishes = all.map(({ wish }) =>
    wish.id === of.hovered || wish.id === of.chosen ? { ...wish, priority: Math.min(wish.priority, 1) } : wish,
  );
  const box = { x: 4, y: 4, width: view.width - 8, height: view.height - 8 };
  const settled = settle(wishes, obstacles(of.drawn, site ? sensorPoints(site, view) : [], view), box, before);
  return settled.flatMap((one) => {
    const said = words.get(one.id);
    return said ? [{ ...one, words: said }] : [];
  });
}

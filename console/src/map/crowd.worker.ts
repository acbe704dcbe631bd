/** The thread that draws the crowd: it hears the same stream as the page, and the page keeps its own for people. */
import type { Batch, Message } from '../api/types';
import { follow } from '../state/draft';
import { Tracks } from '../state/tracks';
import { Trail } from '../state/trail';
import { shortId, shortened } from '../lib/format';
import { Crowd } from './crowd';
import type { FromCrowd, Scene, ToCrowd } from './crowdlink';
import { paintNames, type Named } from './names';
import { paintTracks } from './paint';
import { scene as sceneOf, type DrawnTrack } from './scene';
import { Sprites, type Palette } from './sprites';

const tracks = new Tracks();
const trails = new Map<string, Trail>();
const crowd = new Crowd();
let canvas: OffscreenCanvas | null = null;
let pixelRatio = 1;
let scene: Scene | null = null;
let sprites: Sprites | null = null;
let asked = false;

function take(message: Message): void {
  if (message.kind === 'tracks') follow(tracks.all, trails, message);
  else if (message.kind === 'track_end') {
    tracks.all.delete(message.track);
    trails.delete(message.track);
  }
}

function hear(said: ToCrowd): void {
  switch (said.kind) {
    case 'begin':
      canvas = said.canvas;
      pixelRatio = said.pixelRatio;
      void load(said.fonts);
      return;
    case 'whole':
      follow(tracks.all, trails, said.delta);
      for (const [id, packed] of said.trails) trails.set(id, Trail.unpacked(packed));
      return;
    case 'batch':
      return (JSON.parse(said.text) as Batch).messages.forEach(take);
    case 'scene':
      scene = said.scene;
      return;
    case 'palette':
      sprites = new Sprites(said.palette, 1, pixelRatio);
  }
}

async function load(fonts: readonly { weight: string; url: string }[]): Promise<void> {
  const scope = self as unknown as { fonts: FontFaceSet };
  const faces = fonts.map(({ weight, url }) => new FontFace('Plex Cond', `url(${url})`, { weight }));
  await Promise.all(faces.map((face) => face.load().then((loaded) => scope.fonts.add(loaded))));
  ask();
}

/** Draw once, however much was said since the last picture. */
function ask(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    if (canvas && scene && sprites) draw(canvas, scene, sprites);
  });
}

function draw(on: OffscreenCanvas, what: Scene, full: Sprites): void {
  const ctx = on.getContext('2d');
  if (!ctx) return;
  const { view, layers } = what;
  const [width, height] = [Math.round(view.width * pixelRatio), Math.round(view.height * pixelRatio)];
  if (on.width !== width || on.height !== height) [on.width, on.height] = [width, height];
  ctx.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  ctx.clearRect(0, 0, view.width, view.height);
  const alertsOn = new Map(what.alertsOn);
  const picture = { view, layers, shown: { tracks, trails }, skip: new Set([...what.few, ...what.alerted]) };
  crowd.paint(ctx, picture, full.palette, pixelRatio);
  const alerted = sceneOf(view, what.alerted.flatMap((id) => tracks.get(id) ?? []), alertsOn, trails);
  paintTracks(ctx, alerted, layers, full);
  if (layers.labels) names(ctx, what, alerted, full.palette);
  tell(crowd.drawn + alerted.length);
}

let told = -1;

function tell(drawn: number): void {
  if (drawn !== told) self.postMessage({ drawn } satisfies FromCrowd);
  told = drawn;
}

function names(ctx: OffscreenCanvasRenderingContext2D, what: Scene, alerted: readonly DrawnTrack[], colours: Palette): void {
  const first = alerted
    .map(({ at, track }): Named => ({ ...at, name: shortened(track.callsign ?? shortId(track.track, what.site)), clear: 18, strong: true }))
    .reverse();
  const others = crowd.places
    .slice(0, 400)
    .map(({ id, entry, x, y }): Named => ({ x, y, name: shortened(entry.about.callsign ?? shortId(id, what.site)), clear: crowd.half * 0.7, strong: false }));
  paintNames(ctx, [...first, ...others], what.taken, what.view, colours);
}

self.onmessage = (event: MessageEvent<ToCrowd>) => {
  hear(event.data);
  ask();
};

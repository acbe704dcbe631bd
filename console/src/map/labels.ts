/**
 * Where labels stand: priority 1 first and always, the others where they cover no symbol, no crossing time, no earlier
 * label and no furniture, and stay in view. Eight places are tried, then the id alone, then nothing until hovered.
 */
import type { Point } from '../lib/geo';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface LabelWish {
  id: string;
  at: Point;
  /** Size with all lines, and with the first alone. */
  full: { width: number; height: number };
  short: { width: number; height: number };
  priority: number;
  /** Pixels from the point that the symbol itself takes. */
  clear: number;
  /** Directions to try, instead of all eight. */
  places?: readonly Place[];
}

export interface PlacedLabel {
  id: string;
  box: Box;
  short: boolean;
  place: Place;
}

/** A direction from the point: right and down are 1, left and up are -1, centred is 0. */
export type Place = readonly [number, number];

/** Square pixels of overlap that nobody sees. */
const TOUCH = 1;

/** Directions in the order they are tried: right, left, then the rest. */
const PLACES: readonly Place[] = [
  [1, 0],
  [-1, 0],
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
  [0, 1],
  [0, -1],
];

export function overlapArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

function boxAt(wish: LabelWish, size: { width: number; height: number }, [dx, dy]: Place): Box {
  const reach = dx !== 0 && dy !== 0 ? wish.clear * 0.8 : wish.clear;
  const start = (d: number, at: number, length: number): number =>
    d > 0 ? at + reach : d < 0 ? at - reach - length : at - length / 2;
  return { x: start(dx, wish.at.x, size.width), y: start(dy, wish.at.y, size.height), ...size };
}

function penalty(box: Box, taken: readonly Box[], view: Box): number {
  const outside = box.width * box.height - overlapArea(box, view);
  return outside * 2 + taken.reduce((sum, other) => sum + overlapArea(box, other), 0);
}

interface Choice {
  box: Box;
  place: Place;
  cost: number;
}

function best(wish: LabelWish, size: { width: number; height: number }, ground: Ground): Choice {
  const order = wish.places ?? PLACES;
  const before = ground.before.get(wish.id);
  let found: Choice | null = null;
  for (const place of before ? [before, ...order] : order) {
    const box = boxAt(wish, size, place);
    const cost = penalty(box, ground.taken, ground.view);
    if (cost < TOUCH) return { box, place, cost };
    if (!found || cost < found.cost) found = { box, place, cost };
  }
  return found ?? { box: boxAt(wish, size, [1, 0]), place: [1, 0], cost: Infinity };
}

interface Ground {
  taken: Box[];
  view: Box;
  /** Where each label stood last time: tried first, so that labels do not hop. */
  before: ReadonlyMap<string, Place>;
}

export function placeLabels(
  wishes: readonly LabelWish[],
  obstacles: readonly Box[],
  view: Box,
  before: ReadonlyMap<string, Place> = new Map(),
): PlacedLabel[] {
  const ground: Ground = { taken: [...obstacles], view, before };
  const placed: PlacedLabel[] = [];
  const inView = wishes.filter(({ at }) => at.x > -20 && at.y > -20 && at.x < view.width + 20 && at.y < view.height + 20);
  for (const wish of [...inView].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))) {
    const full = best(wish, wish.full, ground);
    const keeps = full.cost < TOUCH || wish.priority <= 1;
    const choice = keeps ? full : best(wish, wish.short, ground);
    if (!keeps && choice.cost >= TOUCH) continue;
    placed.push({ id: wish.id, box: choice.box, short: !keeps, place: choice.place });
    ground.taken.push(choice.box);
  }
  return placed;
}

/** Width of a text in the map's condensed face, near enough to keep labels apart. */
export const textWidth = (text: string, size: number): number => text.length * size * 0.47 + 4;

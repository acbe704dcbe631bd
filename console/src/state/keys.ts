/** What each key does on the screens with the map, and on every screen. */
import { panned, singleKeys } from '../lib/keyboard.svelte';
import { SCREENS, screenKey, type ScreenName } from '../screens';
import type { Desk } from './desk.svelte';

type Act = (desk: Desk) => void;

const ACTS: Record<string, Act> = {
  ArrowDown: (desk) => desk.step(1),
  ArrowUp: (desk) => desk.step(-1),
  a: (desk) => {
    const alert = desk.alert;
    if (alert && alert.acknowledged_utc === null && desk.watch.link === 'up') void desk.watch.acknowledge(alert.alert);
  },
  c: (desk) => desk.go('respond', desk.alert?.incident ?? null),
  d: (desk) => desk.judge(),
  f: (desk) => desk.frames++,
  k: (desk) => desk.toggle('order'),
  i: (desk) => desk.track && desk.toggle('identity'),
  o: (desk) => desk.toggle('flights'),
  t: (desk) => desk.toggle('tracks'),
  l: (desk) => desk.toggle('layers'),
  m: (desk) => desk.sound.toggleMute(),
  n: (desk) => desk.cycleMode(),
  '+': (desk) => desk.zoom(1),
  '=': (desk) => desk.zoom(1),
  '-': (desk) => desk.zoom(-1),
  ...Object.fromEntries(SCREENS.map((one, at) => [screenKey(at), (desk: Desk): void => desk.go(one.name)])),
  '?': (desk) => desk.toggle('keys'),
  r: (desk) => desk.lookBack(),
  ',': (desk) => desk.jump(-1),
  '.': (desk) => desk.jump(1),
  ' ': (desk) => {
    if (desk.replay.on) desk.replay.playing = !desk.replay.playing;
  },
  Escape: (desk) => {
    if (desk.judged) desk.judged = null;
    else if (desk.dialog) desk.dialog = null;
    else if (desk.replay.on) desk.replay.end();
    else desk.chooseNothing();
  },
};

/** Screens with the map and the queue. */
const WITH_MAP: ReadonlySet<ScreenName> = new Set<ScreenName>(['', 'timeline']);

const ON_EVERY_SCREEN = new Set(['k', 'm', 'n', '?', 'Escape', ...SCREENS.map((_, at) => screenKey(at))]);

/** Keys that say nothing when held down. */
const ONCE = new Set(['a', 'c', 'd', 'i', 'k', 'o', 't', 'l', 'm', 'n', 'r', ' ', '?']);

function actOf(desk: Desk, key: string, repeat: boolean): Act | undefined {
  if (repeat && ONCE.has(key)) return undefined;
  return WITH_MAP.has(desk.screen) || ON_EVERY_SCREEN.has(key) ? ACTS[key] : undefined;
}

/** The keys that act here, as the browser names them. */
export function actingKeys(screen: ScreenName): readonly string[] {
  return Object.keys(ACTS).filter((key) => WITH_MAP.has(screen) || ON_EVERY_SCREEN.has(key));
}

/** Whether Space presses what has the focus. */
const isPressed = (target: EventTarget | null): boolean => target instanceof Element && target.matches('button, summary, input');

/** Whether somebody else has taken the key, or a dialog stands over all that it would act on. */
const isTaken = (desk: Desk, event: KeyboardEvent): boolean =>
  event.defaultPrevented || (!desk.dialog && document.querySelector('dialog:modal') !== null);

export function onKey(desk: Desk, event: KeyboardEvent): void {
  const key = singleKeys.of(event);
  if (key === null || isTaken(desk, event)) return;
  const heading = WITH_MAP.has(desk.screen) ? panned(event) : null;
  const act = heading ? (on: Desk): void => on.pan(heading) : actOf(desk, key, event.repeat);
  if (!act || (key === ' ' && isPressed(event.target))) return;
  event.preventDefault();
  act(desk);
}

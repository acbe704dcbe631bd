/** The screens, in the order of their keys. What each is made of stands in load.ts. */
import type { Right } from './api/access';
import { text } from './text';
import { recordText } from './text/record';
import { respond } from './text/respond';
import { setupText } from './text/setup';
import { accessText } from './text/access';
import { exerciseText } from './text/exercise';
import { historyText } from './text/history';
import { timelineText } from './text/timeline';

export interface Screen {
  /** Behind the # of the address; '' is Watch. An id may follow it. */
  readonly name: string;
  readonly title: string;
  /** What its user must hold; absent: whoever reads the picture. */
  readonly right?: Right;
}

/** Those that not everybody may use stand last, so that the keys of the others are everybody's. */
export const SCREENS = [
  { name: '', title: text.nav.watch },
  { name: 'incident', title: text.nav.incident },
  { name: 'respond', title: respond.nav },
  { name: 'hand-over', title: respond.handOverNav },
  { name: 'exercise', title: exerciseText.title },
  { name: 'history', title: historyText.title },
  { name: 'access', title: accessText.title },
  { name: 'timeline', title: timelineText.title },
  { name: 'setup', title: setupText.nav, right: 'audit' },
  { name: 'record', title: recordText.title, right: 'audit' },
] as const satisfies readonly Screen[];

export type ScreenName = (typeof SCREENS)[number]['name'];

export function screenNamed(name: string): ScreenName {
  return SCREENS.find((one) => one.name === name)?.name ?? '';
}

/** The screens of who holds these rights, in the order of the head. */
export function screensFor(may: (right: Right) => boolean): readonly Screen[] {
  return SCREENS.filter((one: Screen) => one.right === undefined || may(one.right));
}

/** The key of a screen: 1 to 9, then 0. */
export const screenKey = (at: number): string => String((at + 1) % 10);

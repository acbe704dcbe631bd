/** The screens, in the order of their keys. What each is made of stands in load.ts. */
import { text } from './text';
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
}

export const SCREENS = [
  { name: '', title: text.nav.watch },
  { name: 'incident', title: text.nav.incident },
  { name: 'respond', title: respond.nav },
  { name: 'hand-over', title: respond.handOverNav },
  { name: 'exercise', title: exerciseText.title },
  { name: 'history', title: historyText.title },
  { name: 'setup', title: setupText.nav },
  { name: 'access', title: accessText.title },
  { name: 'timeline', title: timelineText.title },
] as const satisfies readonly Screen[];

export type ScreenName = (typeof SCREENS)[number]['name'];

export function screenNamed(name: string): ScreenName {
  return SCREENS.find((one) => one.name === name)?.name ?? '';
}

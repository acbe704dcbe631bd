/** The key map: what each key does, by the screens on which it does so. */
import { SCREENS, type ScreenName } from '../screens';

export interface Key {
  /** As printed on the keys, a space between two. */
  readonly keys: string;
  readonly does: string;
  /** For the strip at the foot; without it the key stands in the map alone. */
  readonly short?: string;
}

export interface KeyGroup {
  readonly title: string;
  /** Null: on every screen. */
  readonly on: readonly ScreenName[] | null;
  readonly rows: readonly Key[];
}

const PICTURE: KeyGroup = {
  title: 'On Watch and Timeline',
  on: ['', 'timeline'],
  rows: [
    { keys: '↑ ↓', does: 'Choose an alert; its track, card and brackets follow', short: 'alerts' },
    { keys: 'A', does: 'Acknowledge the chosen alert; shown only when the watch has recorded it', short: 'acknowledge' },
    { keys: 'C', does: "Open the checklist of the chosen alert's incident", short: 'checklist' },
    { keys: 'D', does: 'Say why the chosen alert is nothing, or what it was: 0 to 7, then Enter', short: 'dismiss' },
    { keys: 'F', does: 'Frame every threat and the near edge of the perimeter', short: 'frame' },
    { keys: '+ −', does: 'Zoom', short: 'zoom' },
    { keys: 'Shift+arrows', does: 'Move the map' },
    { keys: 'L', does: 'Layers', short: 'layers' },
    { keys: 'I', does: 'Say what the chosen track is, with a reason and your name' },
    { keys: 'O', does: 'Own flights: how each goes, and a new one' },
    { keys: 'T', does: 'Every track by name: search, choose' },
    { keys: 'R', does: 'Look back from where the chosen alert began; again: back to live', short: 'look back' },
    { keys: ', .', does: 'Look back at the alert before, after' },
    { keys: 'Space', does: 'Looking back: play, pause' },
  ],
};

const RESPOND: KeyGroup = {
  title: 'On Respond',
  on: ['respond'],
  rows: [
    { keys: '↑ ↓', does: 'Choose a step of the checklist', short: 'steps' },
    { keys: 'Enter', does: 'The chosen step is done', short: 'done' },
    { keys: 'T', does: 'Tell a partner', short: 'tell a partner' },
  ],
};

const INCIDENT: KeyGroup = {
  title: 'On Incident',
  on: ['incident'],
  rows: [
    { keys: 'E', does: 'Enter an effect, with who says so', short: 'effect' },
    { keys: 'C', does: 'Enter a claim, beside those that contradict it', short: 'claim' },
    { keys: 'S', does: 'Draft the statement', short: 'statement' },
    { keys: 'P', does: 'The report as PDF, to print', short: 'PDF' },
  ],
};

const SETUP: KeyGroup = {
  title: 'On Set-up',
  on: ['setup'],
  rows: [
    { keys: 'Shift+arrows', does: 'Move the map; a corner goes where its middle is', short: 'move the map' },
    { keys: '← ↑ → ↓', does: 'Move the corner that has the focus; with Shift farther', short: 'move a corner' },
    { keys: 'Delete', does: 'Take the corner that has the focus away' },
  ],
};

const EVERYWHERE: KeyGroup = {
  title: 'On every screen',
  on: null,
  rows: [
    { keys: 'K', does: 'What may I order: measures, who may order them, and an order', short: 'what may I order' },
    { keys: 'N', does: 'Night, day, red', short: 'light' },
    { keys: 'M', does: 'Mute the alarm for 60 s; a new alert of priority 1 breaks it' },
    { keys: 'X', does: 'To the exercise that runs beside the watch, and back' },
    { keys: `1 – ${Math.min(9, SCREENS.length)}`, does: 'The screens, in the order of the head', short: 'screens' },
    { keys: '0', does: 'The tenth screen' },
    { keys: '?', does: 'This list' },
    { keys: 'Esc', does: 'Close; back to live; or choose nothing' },
  ],
};

export const keyMap: readonly KeyGroup[] = [PICTURE, RESPOND, INCIDENT, SETUP, EVERYWHERE];

/** The keys that act on a screen, its own before those of every screen. */
export function keysOn(screen: ScreenName): readonly Key[] {
  return keyMap.filter((group) => group.on?.includes(screen) ?? true).flatMap((group) => group.rows);
}

export const keyText = {
  label: 'Keys',
  title: 'Keys',
  close: 'Close',
  single: 'Keys of one letter, digit or sign act; arrows, Enter and Esc always do',
  off: 'single keys are off',
  all: 'all keys',
};

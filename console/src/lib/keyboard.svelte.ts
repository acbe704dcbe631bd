/** Single keys: which of a browser's key presses are the console's at all. */

const KEPT = 'vedette-keys';

/** A box to tick takes no letters. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Steps to the right and down. */
export type Heading = readonly [number, number];

const HEADINGS: Record<string, Heading> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Where Shift and an arrow move a map; null for any other key. */
export function panned(event: KeyboardEvent): Heading | null {
  if (!event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return null;
  return HEADINGS[event.key] ?? null;
}

class SingleKeys {
  /** Off for who presses keys without meaning to, or speaks to the machine (WCAG 2.1.4); kept by this browser. */
  on = $state(typeof localStorage === 'undefined' || localStorage.getItem(KEPT) !== 'off');

  set(on: boolean): void {
    this.on = on;
    localStorage.setItem(KEPT, on ? 'on' : 'off');
  }

  /** The key, letters small; null while typing, with the browser's own modifiers held, and for characters while they are off. */
  of(event: KeyboardEvent): string | null {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return null;
    if (event.key.length > 1) return event.key;
    return this.on ? event.key.toLowerCase() : null;
  }
}

export const singleKeys = new SingleKeys();

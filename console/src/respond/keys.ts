/** The Respond screen's own keys, beside those of every screen. */
import { typing } from '../state/keys';

export interface Acts {
  /** Choose the step before or after. */
  step(by: 1 | -1): void;
  tell(): void;
  done(): void;
}

const ACTS: Record<string, (acts: Acts) => void> = {
  ArrowDown: (acts) => acts.step(1),
  ArrowUp: (acts) => acts.step(-1),
  t: (acts) => acts.tell(),
  Enter: (acts) => acts.done(),
};

/** Off while typing, in a dialog, held down, and with the browser's own modifiers; Enter belongs to what is focused. */
function isOurs(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return false;
  if (document.querySelector('dialog:modal')) return false;
  return event.key.startsWith('Arrow') || (!event.repeat && (event.key !== 'Enter' || event.target === document.body));
}

export function onRespondKey(acts: Acts, event: KeyboardEvent): void {
  if (!isOurs(event)) return;
  const act = ACTS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act(acts);
}

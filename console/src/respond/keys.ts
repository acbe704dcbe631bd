/** The Respond screen's own keys, beside those of every screen. */
import { singleKeys } from '../lib/keyboard.svelte';

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

/** Off in a dialog and, but for arrows, held down; Enter belongs to what is focused. */
function isOurs(event: KeyboardEvent): boolean {
  if (document.querySelector('dialog:modal')) return false;
  return event.key.startsWith('Arrow') || (!event.repeat && (event.key !== 'Enter' || event.target === document.body));
}

export function onRespondKey(acts: Acts, event: KeyboardEvent): void {
  const act = isOurs(event) ? ACTS[singleKeys.of(event) ?? ''] : undefined;
  if (!act) return;
  event.preventDefault();
  act(acts);
}

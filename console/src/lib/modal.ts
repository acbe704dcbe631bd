/** Where the focus goes when something that had it closes: back to who opened it, or as near to that as still stands. */

const FOCUSABLE = 'button:enabled, a[href], input:enabled, select:enabled, textarea:enabled, summary, [tabindex]:not([tabindex="-1"])';

/** Call it before the focus moves; what it returns gives the focus back, unless somebody has it. */
export function holdFocus(): () => void {
  const places: Element[] = [];
  for (let one = document.activeElement; one && one !== document.body; one = one.parentElement) places.push(one);
  const [before] = places;
  return () => {
    const now = document.activeElement;
    if (now && now !== document.body && now.isConnected) return;
    if (before instanceof HTMLElement && before.isConnected && before.matches(FOCUSABLE)) return before.focus();
    const around = places.find((one) => one.isConnected && one.querySelector(FOCUSABLE));
    around?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
  };
}

/** Show a dialog over everything, for as long as it stands; `first` has the focus at first. */
export function modal(dialog: HTMLDialogElement, first?: HTMLElement): () => void {
  const giveBack = holdFocus();
  dialog.showModal();
  first?.focus();
  return giveBack;
}

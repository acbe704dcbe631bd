/** What the checklist says beside the plain facts: which decision a step waits for, what is next, what is late. Pure. */
import type { Checklist, ChecklistStep, Decision } from '../api/types';

export const PHASES = ['detect', 'assess', 'warn', 'protect', 'respond', 'recover'] as const;

/** The decision that a step rests on, or the newest of its measure since the incident opened. */
export function decisionOf(
  step: ChecklistStep,
  checklist: Checklist,
  decisions: readonly Decision[],
): Decision | null {
  if (step.decision) return decisions.find((one) => one.id === step.decision) ?? null;
  if (!step.measure || step.state !== 'open') return null;
  const used = new Set(checklist.steps.map((one) => one.decision));
  const mine = decisions.filter(
    (one) =>
      one.measure === step.measure &&
      one.ordered_utc >= checklist.began_utc &&
      !used.has(one.id) &&
      (one.incident === null || one.incident === checklist.incident),
  );
  return mine.at(-1) ?? null;
}

/** Clauses that decided it, in a few letters: A1, A3. */
export function clauses(decision: Decision): string {
  const no = decision.findings.filter((one) => one.answer === 'no').map((one) => one.clause);
  return [...new Set(no)].join(', ');
}

export interface Row {
  one: Decision;
  /** How often it lapsed so in a row: an aircraft at the edge of a clause takes the same order again and again. */
  times: number;
}

/** The decisions, newest first; the same order that lapsed on the same clauses again and again is one row, the newest. */
export function rows(decisions: readonly Decision[]): Row[] {
  const found: Row[] = [];
  for (const one of [...decisions].reverse()) {
    const last = found.at(-1);
    if (last && one.state === 'lapsed' && alike(last.one, one)) last.times += 1;
    else found.push({ one, times: 1 });
  }
  return found;
}

const alike = (one: Decision, other: Decision): boolean =>
  one.state === other.state &&
  one.measure === other.measure &&
  one.track === other.track &&
  clauses(one) === clauses(other);

export interface Next {
  step: ChecklistStep;
  /** Seconds left to its target; negative is late, null has none. */
  leftS: number | null;
}

export function nextOf(checklist: Checklist, nowMs: number | null): Next | null {
  const step = checklist.steps.find((one) => one.state === 'open');
  if (!step) return null;
  if (step.within_s === null || nowMs === null) return { step, leftS: null };
  return { step, leftS: step.within_s - (nowMs - Date.parse(checklist.began_utc)) / 1000 };
}

/** Taken, or so far: seconds since the incident opened. */
export function takenS(step: ChecklistStep, checklist: Checklist, nowMs: number | null): number | null {
  if (step.state !== 'open') return step.taken_s;
  return nowMs === null ? null : Math.max(0, (nowMs - Date.parse(checklist.began_utc)) / 1000);
}

export const isLate = (step: ChecklistStep, taken: number | null): boolean =>
  step.within_s !== null && taken !== null && step.state !== 'skipped' && taken > step.within_s;

/** Which decision the middle of the screen is about: what waits for somebody first, then the newest. */
export function focusOf(decisions: readonly Decision[], chosen: string | null): Decision | null {
  const newest = [...decisions].reverse();
  return (
    newest.find((one) => one.id === chosen) ??
    newest.find((one) => one.state === 'awaiting_second') ??
    newest[0] ??
    null
  );
}

/** What a step says under its text: who did it and on what, or what it waits for. */
import type { ChecklistStep, Decision } from '../api/types';
import { respond } from '../text/respond';
import { clauses } from './derive';

const said = respond.step;

const WAITS: Partial<Record<Decision['state'], (decision: Decision) => string>> = {
  awaiting_second: () => said.waits,
  authorised: () => said.authorised,
  refused: (decision) => said.refused(clauses(decision)),
  lapsed: (decision) => said.lapsed(clauses(decision)),
};

function done(step: ChecklistStep, when: string, short: (id: string) => string): string {
  return [
    step.by ? said.doneBy(step.by, when) : when,
    step.decision ? said.byDecision(short(step.decision)) : '',
    step.fact ? said.byFact(short(step.fact)) : '',
    step.note,
  ]
    .filter(Boolean)
    .join(' · ');
}

function open(step: ChecklistStep, decision: Decision | null): string {
  const waits = decision ? WAITS[decision.state]?.(decision) : undefined;
  if (waits) return waits;
  if (step.measure) return said.needsOrder;
  return step.undone ? said.undone(step.undone) : '';
}

export function wordsOf(
  step: ChecklistStep,
  decision: Decision | null,
  time: (utc: string) => string,
  short: (id: string) => string,
): string {
  if (step.state === 'skipped') return said.skipped(step.by ?? '', step.note);
  if (step.state === 'done') return done(step, step.happened_utc ? time(step.happened_utc) : '', short);
  return open(step, decision);
}

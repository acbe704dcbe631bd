/** The dialogs that more than one place opens. */
import { moveDecision, moveStep, recordFact, writeNotice } from '../api/respond';
import type { Checklist, ChecklistStep, Decision } from '../api/types';
import type { Watch } from '../state/watch.svelte';
import { respond } from '../text/respond';
import type { Asking, Field } from './asking';

/** No output's id: a colon stands in none. */
const VOICE = 'voice:';

export const askDone = (checklist: Checklist, step: ChecklistStep): Asking => ({
  title: step.text,
  does: step.measure ? respond.step.carry : respond.step.do,
  act: (who) => moveStep(checklist.id, step.number, 'do', who),
});

type Partner = NonNullable<Watch['topics']['views']>['response']['partners'][number];

/** Who is to be told and in what words, as the plan's step has it. */
function planned(step: ChecklistStep): { whom: string; words: string } {
  return { whom: step.owner ?? '', words: step.say ?? step.text };
}

/** Whom, how and what. */
function noticeFields(partners: readonly Partner[], step: ChecklistStep | null): Field[] {
  const first = step ? partners.find((one) => step.notify.includes(one.output)) : partners[0];
  const { whom, words } = step ? planned(step) : { whom: '', words: '' };
  const outputs = partners.map((one) => [one.output, `${one.partner} (${one.kind})`] as const);
  return [
    {
      name: 'output',
      label: respond.notice.partner,
      options: [...outputs, [VOICE, respond.notice.byVoice]],
      value: first?.output ?? VOICE,
    },
    { name: 'partner', label: respond.notice.named, value: first?.partner ?? whom },
    { name: 'text', label: respond.notice.text, long: true, value: words },
  ];
}

/** Tell a partner, by an output that may be told or by voice. */
export function askNotice(watch: Watch, checklist: Checklist | null, step: ChecklistStep | null): Asking {
  const about = checklist ? { checklist: checklist.id, ...(step ? { step: step.number } : {}) } : {};
  return {
    title: respond.notice.dialog,
    lead: respond.notice.only,
    does: respond.notice.send,
    fields: noticeFields(watch.topics.views?.response.partners ?? [], step),
    act: (who, { output = VOICE, partner = '', text = '' }) =>
      writeNotice({ ...who, ...about, text, ...(output === VOICE ? { partner } : { output }) }),
  };
}

const nameOf = (decision: Decision): string => decision.measure_name ?? decision.measure;

export const askSecond = (decision: Decision): Asking => ({
  title: respond.decision.secondTitle(nameOf(decision)),
  lead: respond.decision.secondLead(decision.by, decision.role),
  does: respond.decision.seconds.replace('…', ''),
  another: `/decisions/${encodeURIComponent(decision.id)}/second`,
  act: (who) => moveDecision(decision.id, 'second', who),
});

export const askWithdraw = (decision: Decision): Asking => ({
  title: respond.decision.withdrawTitle(nameOf(decision)),
  does: respond.send,
  act: (who) => moveDecision(decision.id, 'withdraw', who),
});

export const askCarriedOut = (decision: Decision): Asking => ({
  title: respond.decision.carriedTitle(nameOf(decision)),
  does: respond.send,
  act: (who) => moveDecision(decision.id, 'carried_out', who),
});

export const askNotManned = (track: string): Asking => ({
  title: respond.decision.notMannedTitle(track),
  lead: respond.decision.notMannedLead,
  does: respond.send,
  why: respond.why,
  act: (who) => recordFact({ ...who, fact: 'not_manned', track }),
});

export const askTaken = (decision: Decision): Asking => ({
  title: respond.decision.takenTitle(nameOf(decision)),
  lead: respond.decision.takenLead,
  does: respond.send,
  why: respond.why,
  act: (who) => recordFact({ ...who, fact: 'measure_taken', measure: decision.measure, decision: decision.id }),
});

/** The dialogs that more than one place opens. */
import { moveDecision, moveStep, recordFact, writeNotice } from '../api/respond';
import type { Checklist, ChecklistStep, Decision } from '../api/types';
import type { Watch } from '../state/watch.svelte';
import { respond } from '../text/respond';
import type { Asking } from './asking';

const VOICE = '';

export const askDone = (checklist: Checklist, step: ChecklistStep): Asking => ({
  title: step.text,
  does: step.measure ? respond.step.carry : respond.step.do,
  act: (who) => moveStep(checklist.id, step.number, 'do', who),
});

/** Tell a partner, by an output that may be told or by voice; of a step, whom and what the plan says. */
export function askNotice(watch: Watch, checklist: Checklist | null, step: ChecklistStep | null): Asking {
  const partners = watch.topics.views?.response.partners ?? [];
  const first = partners.find((one) => step?.notify.includes(one.output)) ?? (step ? undefined : partners[0]);
  return {
    title: respond.notice.dialog,
    lead: respond.notice.only,
    does: respond.notice.send,
    fields: [
      {
        name: 'output',
        label: respond.notice.partner,
        options: [
          ...partners.map((one) => [one.output, `${one.partner} (${one.kind})`] as const),
          [VOICE, respond.notice.byVoice] as const,
        ],
        value: first?.output ?? VOICE,
      },
      { name: 'partner', label: respond.notice.named, value: first?.partner ?? step?.owner ?? '' },
      { name: 'text', label: respond.notice.text, long: true, value: step?.say ?? step?.text ?? '' },
    ],
    act: (who, values) =>
      writeNotice({
        ...who,
        text: values['text'] ?? '',
        ...(values['output'] ? { output: values['output'] } : { partner: values['partner'] ?? '' }),
        ...(checklist ? { checklist: checklist.id } : {}),
        ...(checklist && step ? { step: step.number } : {}),
      }),
  };
}

const nameOf = (decision: Decision): string => decision.measure_name ?? decision.measure;

export const askSecond = (decision: Decision): Asking => ({
  title: respond.decision.secondTitle(nameOf(decision)),
  lead: respond.decision.secondLead(decision.by, decision.role),
  does: respond.decision.seconds.replace('…', ''),
  another: true,
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

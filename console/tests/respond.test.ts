import { describe, expect, it } from 'vitest';
import type { Checklist, ChecklistStep, Decision } from '../src/api/types';
import { clauses, decisionOf, focusOf, isLate, nextOf, rows, takenS } from '../src/respond/derive';
import { wordsOf } from '../src/respond/words';

const BEGAN = '2021-09-11T20:41:00.000Z';
const at = (seconds: number): number => Date.parse(BEGAN) + seconds * 1000;

const step = (change: Partial<ChecklistStep> = {}): ChecklistStep => ({
  number: 1,
  phase: 'warn',
  text: 'Shelter alarm',
  measure: null,
  owner: null,
  within_s: null,
  notify: [],
  say: null,
  state: 'open',
  by: null,
  role: null,
  note: '',
  decision: null,
  fact: null,
  happened_utc: null,
  taken_s: null,
  undone: 0,
  ...change,
});

const checklist = (...steps: ChecklistStep[]): Checklist => ({
  id: 'x-C-0001',
  origin: 'live',
  incident: 'x-I-0001',
  state: 'open',
  began_utc: BEGAN,
  began_local: BEGAN,
  opened_utc: BEGAN,
  opened_by: null,
  closed_utc: null,
  closed_by: null,
  steps,
});

const decision = (change: Partial<Decision> = {}): Decision => ({
  id: 'x-D-0001',
  origin: 'live',
  state: 'authorised',
  measure: 'shelter',
  measure_kind: 'shelter_alarm',
  measure_name: 'Shelter alarm',
  owner: null,
  by: 'Ada',
  role: 'commander',
  note: '',
  track: null,
  protects: null,
  incident: 'x-I-0001',
  ordered_utc: '2021-09-11T20:41:05.000Z',
  ordered_local: '',
  second_by: null,
  second_role: null,
  authorised_utc: null,
  findings: [],
  hand_over: null,
  moves: [],
  attempts: [],
  ...change,
});

describe('what a step rests on', () => {
  const one = step({ measure: 'shelter' });

  it('is the newest order of its measure since the incident opened, that no other step has', () => {
    const list = checklist(one, step({ number: 2, state: 'done', decision: 'x-D-0002', measure: 'shelter' }));
    const orders = [
      decision({ id: 'x-D-0000', ordered_utc: '2021-09-11T20:40:59.000Z' }),
      decision({ id: 'x-D-0001' }),
      decision({ id: 'x-D-0002' }),
      decision({ id: 'x-D-0003', measure: 'tower' }),
      decision({ id: 'x-D-0004', incident: 'x-I-0009' }),
    ];
    expect(decisionOf(one, list, orders)?.id).toBe('x-D-0001');
    expect(decisionOf(step(), list, orders)).toBeNull();
  });

  it('says what it waits for', () => {
    const say = (state: Decision['state']): string =>
      wordsOf(one, decision({ state, findings: [{ clause: 'A1', answer: 'no', text: '', detail: '' }] }), String, String);
    expect(say('awaiting_second')).toContain('second');
    expect(say('refused')).toBe('refused, A1');
    expect(wordsOf(one, null, String, String)).toContain('order it first');
    const done = step({ state: 'done', by: 'Ada', happened_utc: BEGAN, decision: 'x-D-0001', note: 'heard' });
    expect(wordsOf(done, null, () => '23:41', (id) => id.slice(2))).toBe('Ada, 23:41 · with D-0001 · heard');
  });
});

describe('time', () => {
  it('runs from the opening to the target, and stands once done', () => {
    const list = checklist(step({ state: 'done', taken_s: 6 }), step({ number: 2, within_s: 20 }));
    expect(nextOf(list, at(15))).toEqual({ step: list.steps[1], leftS: 5 });
    expect(nextOf(list, null)?.leftS).toBeNull();
    const [done, open] = list.steps as [ChecklistStep, ChecklistStep];
    expect(takenS(done, list, at(100))).toBe(6);
    expect(isLate(open, takenS(open, list, at(19)))).toBe(false);
    expect(isLate(open, takenS(open, list, at(21)))).toBe(true);
  });

  it('has nothing next when all is done', () => {
    expect(nextOf(checklist(step({ state: 'skipped' })), at(1))).toBeNull();
  });
});

describe('the decision in the middle', () => {
  const waiting = decision({ id: 'x-D-0002', state: 'awaiting_second' });
  const refused = decision({
    id: 'x-D-0003',
    state: 'refused',
    findings: [
      { clause: 'A1', answer: 'no', text: '', detail: '' },
      { clause: 'M1', answer: 'yes', text: '', detail: '' },
    ],
  });

  it('is the chosen one, else what waits for somebody, else the newest', () => {
    const all = [decision(), waiting, refused];
    expect(focusOf(all, null)?.id).toBe('x-D-0002');
    expect(focusOf(all, 'x-D-0001')?.id).toBe('x-D-0001');
    expect(focusOf([decision(), refused], null)?.id).toBe('x-D-0003');
    expect(focusOf([], null)).toBeNull();
    expect(clauses(refused)).toBe('A1');
  });
});

describe('the list of decisions', () => {
  const lapse = (id: string, clause = 'A1'): Decision =>
    decision({
      id,
      measure: 'defeat',
      track: 'x-T-0001',
      state: 'lapsed',
      findings: [{ clause, answer: 'no', text: '', detail: '', remedy: null }],
    });

  it('has an order that lapses again and again as one row, the newest', () => {
    const found = rows([lapse('x-D-0001'), lapse('x-D-0002'), lapse('x-D-0003')]);
    expect(found.map(({ one, times }) => [one.id, times])).toEqual([['x-D-0003', 3]]);
  });

  it('keeps apart what differs: another clause, another order between', () => {
    const found = rows([lapse('x-D-0001'), lapse('x-D-0002', 'A3'), decision({ id: 'x-D-0003' }), lapse('x-D-0004', 'A3')]);
    expect(found.map(({ one, times }) => [one.id, times])).toEqual([
      ['x-D-0004', 1],
      ['x-D-0003', 1],
      ['x-D-0002', 1],
      ['x-D-0001', 1],
    ]);
  });
});

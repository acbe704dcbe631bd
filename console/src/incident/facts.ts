/** What the incident's panels are made of, from its document. Pure. */
import type { Claim, Entry, Statement } from '../api/dossier';
import type { IncidentDocument } from '../api/types';

export const EFFECT_NAMES = ['injuries', 'damage', 'flights'] as const;
/** Questions of the ledger that have a column of their own. */
export const QUESTIONS = ['count', 'place', 'airport', 'injuries', 'damage', 'responsibility'] as const;
export type Question = (typeof QUESTIONS)[number];

export interface Voice {
  source: string;
  where: string;
  grades: string[];
  published: string | null;
  claims: Partial<Record<Question, Claim[]>>;
  others: Claim[];
}

/** Claims by who made them, in the order in which each was first heard: a row of the ledger each. */
export function voices(claims: readonly Claim[]): Voice[] {
  const rows = new Map<string, Voice>();
  for (const claim of claims) {
    const key = `${claim.source.toLowerCase()}\n${claim.where.toLowerCase()}`;
    const row = rows.get(key) ?? {
      source: claim.source,
      where: claim.where,
      grades: [],
      published: claim.published_utc,
      claims: {},
      others: [],
    };
    rows.set(key, row);
    if (!row.grades.includes(claim.grade)) row.grades.push(claim.grade);
    row.published ??= claim.published_utc;
    if (claim.subject === 'other') row.others.push(claim);
    else (row.claims[claim.subject] ??= []).push(claim);
  }
  return [...rows.values()];
}

/** Questions that somebody has said something about; how many and where always. */
export function askedQuestions(claims: readonly Claim[]): Question[] {
  const asked = new Set<string>(['count', 'place', ...claims.map((one) => one.subject)]);
  return QUESTIONS.filter((one) => asked.has(one));
}

export const conflicts = (claims: readonly Claim[]): number =>
  new Set(claims.filter((one) => one.conflict && !one.withdrawn).map((one) => one.subject)).size;

export const standing = (entries: readonly Entry[], effect: string): Entry[] =>
  entries.filter((one) => one.effect === effect && one.ended === null);

export const ended = (entries: readonly Entry[], effect: string): Entry[] =>
  entries.filter((one) => one.effect === effect && one.ended !== null);

/** The statement that is on the table: the newest that is not withdrawn. */
export const current = (document: IncidentDocument): Statement | null =>
  document.statements.findLast((one) => one.state !== 'withdrawn') ?? null;

/** Whether something else could be said than the statement says, beside what is flagged. */
export function outdated(document: IncidentDocument, one: Statement): boolean {
  const has = new Set([...one.sentences.map((each) => each.key), ...one.left_out]);
  return one.state !== 'withdrawn' && document.statement.sentences.some((each) => !has.has(each.key));
}

/** Ids that light up for a sentence: what it rests on, and the record's events behind that. */
export const lights = (sentence: { evidence: string[]; events?: number[] }): string[] => [
  ...sentence.evidence,
  ...(sentence.events ?? []).map((seq) => `E-${seq}`),
];

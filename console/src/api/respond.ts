/** Requests of the Respond and Hand-over screens. Every one carries who acts. */
import { API } from '../lib/side';
import { get, send } from './client';
import type {
  Checklist,
  Closure,
  Decision,
  Decisions,
  HandOver,
  HandOverDraft,
  Mandate,
  Notice,
} from './types';

export interface Who {
  by?: string;
  role?: string;
  note?: string;
}

const part = encodeURIComponent;

export const getMandate = (): Promise<Mandate> => get<Mandate>('/mandate');
export const getHandOver = (): Promise<HandOverDraft> => get<HandOverDraft>('/hand-over');
export const paperAddress = (id: string, form: 'html' | 'pdf'): string => `${API}/hand-over/${part(id)}/paper.${form}`;

export interface Order extends Who {
  measure: string;
  track?: string;
  protects?: string;
}

export const order = (body: Order): Promise<Decision> => send('/decisions', body);
export type DecisionMove = 'second' | 'withdraw' | 'carried_out';
export const moveDecision = (id: string, move: DecisionMove, who: Who): Promise<Decision> =>
  send(`/decisions/${part(id)}/${move}`, who);

export interface Fact extends Who {
  fact: 'not_manned' | 'manned' | 'measure_taken';
  track?: string;
  measure?: string;
  decision?: string;
}
export const recordFact = (body: Fact): Promise<Decisions> => send('/facts', body);

export const openChecklist = (incident: string, who: Who): Promise<Checklist> =>
  send('/checklists', { incident, ...who });
export const moveChecklist = (id: string, move: 'close' | 'reopen', who: Who): Promise<Checklist> =>
  send(`/checklists/${part(id)}/${move}`, who);
export const moveStep = (id: string, step: number, move: 'do' | 'skip' | 'undo', who: Who): Promise<Checklist> =>
  send(`/checklists/${part(id)}/steps/${step}/${move}`, who);

export interface Words extends Who {
  text: string;
  output?: string;
  partner?: string;
  checklist?: string;
  step?: number;
}
export const writeNotice = (body: Words): Promise<Notice> => send('/notices', body);
export const readNotice = (id: string, confirmedBy: string, who: Who): Promise<Notice> =>
  send(`/notices/${part(id)}/read`, { confirmed_by: confirmedBy, ...who });

export const closePlace = (place: string, who: Who): Promise<Closure> => send('/closures', { place, ...who });
export const judgeCriterion = (id: string, criterion: string, met: boolean, who: Who): Promise<Closure> =>
  send(`/closures/${part(id)}/criteria/${part(criterion)}/${met ? 'confirm' : 'take_back'}`, who);
export const reopenPlace = (id: string, anyway: boolean, who: Who): Promise<Closure> =>
  send(`/closures/${part(id)}/reopen`, { anyway, ...who });

export const offerHandOver = (digest: string, who: Who): Promise<HandOver> => send('/hand-over', { digest, ...who });
export const acceptHandOver = (id: string, digest: string, who: Who): Promise<HandOver> =>
  send(`/hand-over/${part(id)}/accept`, { digest, ...who });
export const withdrawHandOver = (id: string, who: Who): Promise<HandOver> =>
  send(`/hand-over/${part(id)}/withdraw`, who);

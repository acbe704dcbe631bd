/** Requests to the watch this page came from; an answer that is an error becomes a Refused. */
import { API } from '../lib/side';
import { carry, heard } from './session';
import type {
  Alert,
  ClosingName,
  Flight,
  FlightEntry,
  History,
  HistoryQuery,
  IncidentDocument,
  Looks,
  PastAlerts,
  PastPoints,
  ReasonName,
  SensorTask,
  Site,
  Span,
  Track,
} from './types';

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What refuses it: clauses, criteria. */
    readonly details: readonly Record<string, unknown>[] = [],
  ) {
    super(message);
  }
}

interface ErrorBody {
  error?: { code?: string; message?: string; details?: readonly Record<string, unknown>[] | null };
}

async function refusalOf(response: Response): Promise<Refused> {
  const { error = {} } = (await response.json().catch(() => ({}))) as ErrorBody;
  heard(error.code ?? '');
  const message = error.message ?? response.statusText;
  return new Refused(response.status, error.code ?? 'unknown', message, error.details ?? []);
}

export async function ask<T>(path: string, init: RequestInit = {}, side = API, patienceMs = 10_000): Promise<T> {
  const address = `${side}${path}`;
  let response: Response;
  try {
    response = await fetch(address, { ...carry(address, init), signal: AbortSignal.timeout(patienceMs) });
  } catch {
    throw new Refused(0, 'no_link', 'the watch did not answer');
  }
  if (response.status === 204) return null as T;
  if (response.ok) return (await response.json()) as T;
  throw await refusalOf(response);
}

export const get = <T>(path: string): Promise<T> => ask<T>(path);

/** Keys of requests that were sent and never answered, by what was asked: pressed again, it is the same request. */
const unanswered = new Map<string, string>();

export async function send<T>(path: string, body: unknown, side: string = API): Promise<T> {
  const text = JSON.stringify(body);
  const asked = `${side}${path} ${text}`;
  const key = unanswered.get(asked) ?? newKey();
  unanswered.set(asked, key);
  const headers = { 'content-type': 'application/json', 'x-vedette-key': key };
  try {
    const answer = await ask<T>(path, { method: 'POST', headers, body: text }, side);
    unanswered.delete(asked);
    return answer;
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'no_link')) unanswered.delete(asked);
    throw error;
  }
}

/** Over plain http from another name than localhost a browser has no randomUUID. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (octet) => octet.toString(16).padStart(2, '0')).join('');
}

export const getSite = (side: string = API): Promise<Site> => ask<Site>('/site', {}, side);

export const getIncident = (id: string): Promise<IncidentDocument> =>
  ask<IncidentDocument>(`/incidents/${encodeURIComponent(id)}`);

export function getHistory(query: HistoryQuery): Promise<History> {
  const asked = Object.entries(query).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return ask<History>(`/history?${new URLSearchParams(asked).toString()}`);
}

export const reportAddress = (id: string, format: 'html' | 'pdf' = 'html'): string =>
  `${API}/incidents/${encodeURIComponent(id)}/report.${format}`;

export const acknowledge = (id: string, note: string): Promise<Alert> =>
  send<Alert>(`/alerts/${encodeURIComponent(id)}/acknowledge`, { note });

/** Say that an alert is nothing, for a while. confirm: though it is of priority 1. */
export const dismiss = (id: string, reason: ReasonName, note: string, confirm: boolean): Promise<Alert> =>
  send<Alert>(`/alerts/${encodeURIComponent(id)}/dismiss`, { reason, note, confirm });

export const bringBack = (id: string): Promise<Alert> => send<Alert>(`/alerts/${encodeURIComponent(id)}/bring_back`, { note: '' });

/** Say what an alert that is over was. */
export const closeAlert = (id: string, reason: ClosingName, note: string): Promise<Alert> =>
  send<Alert>(`/alerts/${encodeURIComponent(id)}/close`, { reason, note });

export const reportSound = (id: string, screen: string, sound: 'played' | 'muted' | 'blocked', side = API): Promise<null> =>
  send<null>(`/test-alarm/${encodeURIComponent(id)}/sound`, { screen, sound }, side);
/** Ask a sensor to look at a track; answered when it is recorded and sent. */
export const lookAt = (sensor: string, track: string): Promise<SensorTask> =>
  send<SensorTask>(`/sensors/${encodeURIComponent(sensor)}/look_at`, { track });

/** What a person says a track is; answered when it is recorded. */
export const sayDisposition = (
  track: string,
  word: { disposition: Track['disposition']; reason: string; by: string; role: string | null },
): Promise<Track> => send<Track>(`/tracks/${encodeURIComponent(track)}/disposition`, word);

export const withdrawDisposition = (track: string, word: { reason: string; by: string; role: string | null }): Promise<null> =>
  send<null>(`/tracks/${encodeURIComponent(track)}/disposition/withdraw`, word);

export const recordFact = (fact: {
  fact: 'manned' | 'not_manned';
  track: string;
  note: string;
  by: string;
  role: string;
}): Promise<unknown> => send<unknown>('/facts', fact);

export const planFlight = (flight: FlightEntry): Promise<Flight> => send<Flight>('/flights', flight);

export const endFlight = (
  flight: string,
  how: 'close' | 'withdraw',
  word: { reason: string; by: string; role: string | null },
): Promise<Flight> => send<Flight>(`/flights/${encodeURIComponent(flight)}/${how}`, word);

const query = (asked: Record<string, string>): string => new URLSearchParams(asked).toString();

export const getSpan = (): Promise<Span> => ask<Span>('/history/span');

export const getPoints = (since: string, until: string, after: number): Promise<PastPoints> =>
  ask<PastPoints>(`/history/points?${query({ since, until, after: String(after) })}`);

/** One track's recorded points of a time (seconds), one in each stepS. */
export function getPointsOf(track: string, sinceS: number, untilS: number, stepS: number): Promise<PastPoints> {
  const [since, until] = [sinceS, untilS].map((s) => new Date(s * 1000).toISOString()) as [string, string];
  return ask<PastPoints>(`/history/points?${query({ since, until, step_s: String(stepS), track })}`);
}

export const getPastAlerts = (since: string, until: string, after: string | null): Promise<PastAlerts> =>
  ask<PastAlerts>(`/history/alerts?${query({ since, until, ...(after === null ? {} : { after }) })}`);

export const getLooks = (incident: string, since: string, until: string, after: number): Promise<Looks> =>
  ask<Looks>(`/history/detections?${query({ incident, since, until, after: String(after) })}`);

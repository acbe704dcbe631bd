/** What people add to an incident, sent to the watch; each is answered with the document as it then stands. */
import { API } from '../lib/side';
import { ask, send } from './client';
import type { components } from './schema';
import type { IncidentDocument } from './types';

type Schemas = components['schemas'];
export type CaseFile = Schemas['CaseView'];
export type Claim = Schemas['ClaimView'];
export type Entry = Schemas['EntryView'];
export type AttributionDecision = Schemas['AttributionDecisionView'];
export type Medium = Schemas['MediaView'];
export type Statement = Schemas['StatementView'];
export type Said = Schemas['SaidView'];
export type Sentence = Schemas['SentenceView'];
export type TimelineRow = Schemas['TimelineRowView'];
export type WatchingSensor = Schemas['WatchingSensorView'];
export type EffectBody = Schemas['EffectEntry'];
export type ClaimBody = Schemas['ClaimEntry'];
export type AttributionBody = Schemas['AttributionEntry'];
export type DraftBody = Schemas['DraftEntry'];
export type Word = Schemas['Word'];

export interface MapFeature {
  geometry: { type: string; coordinates: unknown } | null;
  properties: Record<string, unknown> & { kind: string; id: string };
}

const of = (id: string): string => `/incidents/${encodeURIComponent(id)}`;

export const getCase = (id: string): Promise<CaseFile> => ask<CaseFile>(`${of(id)}/case`);

/** How the map's tracks are drawn. pending: smoothed ones are being made. */
export interface MapPaths {
  made: 'recorded' | 'smoothed' | 'in_part';
  pending: boolean;
  says: string;
}

export const getMap = (id: string): Promise<{ features: MapFeature[]; paths: MapPaths }> =>
  ask<{ features: MapFeature[]; paths: MapPaths }>(`${of(id)}/report.geojson`);

/** Record something of an incident. path: below the incident, such as /claims. */
export const add = (id: string, path: string, body: object): Promise<IncidentDocument> =>
  send<IncidentDocument>(`${of(id)}${path}`, body);

/** Give a file: its octets are the body. */
export function addFile(id: string, file: File, about: Record<string, string>): Promise<IncidentDocument> {
  const query = new URLSearchParams({ name: file.name, ...about });
  return ask<IncidentDocument>(
    `${of(id)}/media?${query}`,
    { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: file },
    API,
    600_000,
  );
}

export const mediaAddress = (id: string, medium: string): string =>
  `${API}${of(id)}/media/${encodeURIComponent(medium)}`;

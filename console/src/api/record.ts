/** The record, for who audits it. */
import { ask, get, send } from './client';
import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type RecordStanding = Schemas['RecordView'];
export type RecordEvent = Schemas['RecordEventView'];
export type RecordEvents = Schemas['RecordEventsView'];
export type EventsQuery = NonNullable<paths['/api/v1/record/events']['get']['parameters']['query']>;

/** A page looks through a long record: it is given more time than what is read from memory. */
const PATIENCE_MS = 30_000;

export const getRecord = (): Promise<RecordStanding> => get<RecordStanding>('/record');
export const verifyRecord = (): Promise<RecordStanding> => send<RecordStanding>('/record/verify', {});

export function getEvents(query: EventsQuery): Promise<RecordEvents> {
  const asked = Object.entries(query)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]): [string, string] => [name, String(value)]);
  return ask<RecordEvents>(`/record/events?${new URLSearchParams(asked).toString()}`, {}, undefined, PATIENCE_MS);
}

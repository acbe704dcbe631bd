/** Own flights for a screen: their order, and a form's local times and places as the watch wants them. */
import type { Flight } from '../api/types';
import { zoneOffset } from './format';

const RANK: Record<Flight['state'], number> = {
  overdue: 0,
  outside: 1,
  flying: 2,
  expected: 3,
  planned: 4,
  ended: 5,
  withdrawn: 6,
};

/** Those that ask for somebody first, then by their hours. */
export function ordered(flights: readonly Flight[]): Flight[] {
  return [...flights].sort((a, b) => RANK[a.state] - RANK[b.state] || a.from_utc.localeCompare(b.from_utc));
}

export const isOver = (flight: Flight): boolean => flight.state === 'ended' || flight.state === 'withdrawn';

export const needsSomebody = (flight: Flight): boolean => flight.state === 'overdue' || flight.state === 'outside';

function offsetMs(ms: number, zone: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d+)(?::(\d+))?/.exec(zoneOffset(ms, zone)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** A field's time ('2026-03-01 08:00', 24 hours) in the zone → ms; null: nothing, or nonsense. */
export function fromLocal(field: string, zone: string): number | null {
  const [, day, time] = /^\s*(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)\s*$/.exec(field) ?? [];
  const asUtc = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(asUtc)) return null;
  const first = asUtc - offsetMs(asUtc, zone);
  return asUtc - offsetMs(first, zone);
}

/** A time as a field shows it, to the minute. */
export const toLocal = (ms: number, zone: string): string =>
  new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 16).replace('T', ' ');

/** A field's number; null where it is empty or none. */
export function numberOf(field: string): number | null {
  const value = Number(field.trim().replace(',', '.'));
  return field.trim() === '' || !Number.isFinite(value) ? null : value;
}

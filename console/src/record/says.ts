/** An event in one line: who, and the values that tell most. Nothing is interpreted; the whole stands below. */
import type { RecordEvent } from '../api/record';

type Payload = Readonly<Record<string, unknown>>;

const WHO = ['by', 'user', 'confirmed_by', 'entered_by'];
/** Told first where they are there; then whatever else is short. */
const FIRST = ['alert', 'incident', 'track', 'decision', 'title', 'state', 'change', 'why', 'reason', 'measure', 'note'];
const LEFT_OUT = new Set(['kind', ...WHO]);
const LONGEST = 160;

const isShort = (value: unknown): value is string | number | boolean =>
  (typeof value === 'string' && value.length > 0 && value.length <= LONGEST) || typeof value === 'number' || value === true;

export function whoOf(event: RecordEvent): string | null {
  const payload: Payload = event.payload ?? {};
  const found = WHO.map((name) => payload[name]).find((value) => typeof value === 'string' && value.length > 0);
  return typeof found === 'string' ? found : null;
}

export function saysOf(event: RecordEvent, name: (field: string) => string): string {
  const payload: Payload = event.payload ?? {};
  const first = FIRST.filter((field) => isShort(payload[field])).map((field) => String(payload[field]));
  if (first.length > 0) return first.join(' · ');
  return Object.entries(payload)
    .filter(([field, value]) => !LEFT_OUT.has(field) && isShort(value))
    .slice(0, 4)
    .map(([field, value]) => `${name(field)} ${String(value)}`)
    .join(' · ');
}

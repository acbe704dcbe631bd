/** Numbers and times as the console writes them. Unknown is an en dash, a lost countdown –:––. */

export const UNKNOWN = '–';
export const NO_COUNTDOWN = '–:––';

const two = (n: number): string => String(n).padStart(2, '0');

/** Seconds → m:ss, over an hour h:mm:ss without its seconds (h:mm). */
export function countdown(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return NO_COUNTDOWN;
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 3600) return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))} h`;
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

export function distance(metres: number | null): string {
  if (metres === null) return UNKNOWN;
  if (metres < 1000) return `${Math.round(metres / 10) * 10} m`;
  return metres < 10_000 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`;
}

export const whole = (value: number | null): string => (value === null ? UNKNOWN : String(Math.round(value)));

export const course = (degrees: number | null): string =>
  degrees === null ? UNKNOWN : `${String(Math.round(degrees) % 360).padStart(3, '0')}°`;

/** Two decimals; what would round to 0 or 1 is a bound, since neither is known. */
export function probability(p: number): string {
  if (p < 0.01) return '< 0.01';
  return p > 0.99 ? '> 0.99' : p.toFixed(2);
}

/** An age in seconds: 0.4 s, 12 s, 1:05. */
export function age(seconds: number | null): string {
  if (seconds === null) return UNKNOWN;
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  return seconds < 60 ? `${Math.floor(seconds)} s` : countdown(seconds);
}

/** Ids are prefixed by the site's; on its own screen the prefix says nothing. */
export const shortId = (id: string, site: string): string => (id.startsWith(`${site}-`) ? id.slice(site.length + 1) : id);

/** An id on the screen of a watch, as `shortId`. */
export const shortIn = (watch: { site: { id: string } | null }, id: string): string => shortId(id, watch.site?.id ?? '');

/** A name where there is little room: whole, or its beginning with an ellipsis; `most` characters. */
export function shortened(name: string, most = 28): string {
  if (name.length <= most) return name;
  const letters = [...name];
  return letters.length <= most ? name : `${letters.slice(0, most - 1).join('').trimEnd()}…`;
}

/** Formats are costly to make, and a screen full of rows writes the same few over and over. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${Object.values(options).join()} ${Object.keys(options).join()}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(language, { timeZone: zone, ...options })));
  return found;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit' };

export const clockTime = (ms: number, zone: string): string => format('en-GB', zone, CLOCK).format(ms);

export const hourMinute = (ms: number, zone: string): string => clockTime(ms, zone).slice(0, 5);

/** 11 Sep. */
export const day = (ms: number, zone: string): string =>
  format('en-GB', zone, { day: 'numeric', month: 'short' }).format(ms);

/** Sat 11 Sep 2021. */
export function longDate(ms: number, zone: string): string {
  const wanted = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  const parts = format('en-US', zone, wanted).formatToParts(ms);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}`;
}

/** The zone's offset at a time: +03, +05:30. */
export function zoneOffset(ms: number, zone: string): string {
  const part = format('en-GB', zone, { timeZoneName: 'longOffset' })
    .formatToParts(ms)
    .find((one) => one.type === 'timeZoneName');
  return (part?.value ?? '').replace('GMT', '').replace(/:00$/, '') || '+00';
}

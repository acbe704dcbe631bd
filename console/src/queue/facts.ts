/** What an alert's row says, from the alert, its track and the picture's age. */
import type { Alert, IncidentAlert, Track } from '../api/types';
import { isOver } from '../lib/order';
import { NO_COUNTDOWN, clockTime, countdown, distance, shortId, whole } from '../lib/format';
import type { Inside } from '../state/draft';
import type { Watch } from '../state/watch.svelte';
import { text } from '../text';

export interface AlertFacts {
  /** The big figure: time to act, time since inside, or –:––. */
  figure: string;
  /** What the figure counts to. */
  to: string;
  /** When that is, by the site's clock; empty when not known. */
  at: string;
  place: string;
}

function zoneName(watch: Watch, alert: Alert): string {
  const zone = watch.site?.geometry.find((one) => one.id === alert.zone);
  if (!zone || zone.role === 'perimeter') return '';
  return zone.name;
}

function countedIn(watch: Watch, alert: Alert, speed: string | null): AlertFacts {
  const since = watch.insideSince.get(alert.alert) ?? null;
  const known = watch.link !== 'lost' && since && watch.nowMs !== null;
  return {
    figure: known ? countdown(((watch.nowMs ?? 0) - since.ms) / 1000) : NO_COUNTDOWN,
    to: insideWhat(since, zoneName(watch, alert)),
    at: since ? sinceWhen(since, watch.site?.timezone ?? 'UTC') : '',
    place: speed ? text.alerts.speed(speed) : '',
  };
}

function insideWhat(since: Inside | null, zone: string): string {
  const inside = since && !since.seen ? text.alerts.insideAtLeast : text.alerts.inside;
  return zone ? `${inside} ${zone}` : inside;
}

function sinceWhen({ ms, seen }: Inside, zone: string): string {
  const time = clockTime(ms, zone);
  return seen ? text.alerts.since(time) : text.alerts.knownSince(time);
}

function aim(watch: Watch, alert: Alert): string {
  if (alert.time_to_s === null) return text.alerts.noTime;
  const zone = zoneName(watch, alert);
  return zone ? text.alerts.toZone(zone) : text.alerts.toPerimeter;
}

function whereabouts(alert: Alert, speed: string | null): string {
  if (isOver(alert)) return '';
  const far = alert.distance_m === null ? '' : distance(alert.distance_m);
  return far && speed ? text.alerts.distanceSpeed(far, speed) : far;
}

export function alertFacts(watch: Watch, alert: Alert, track: Track | null): AlertFacts {
  const speed = track ? whole(track.speed_mps) : null;
  const place = whereabouts(alert, speed);
  if (isOver(alert)) return { figure: NO_COUNTDOWN, to: text.alerts.over, at: '', place };
  if (alert.time_to_s === 0) return countedIn(watch, alert, speed);
  const left = watch.remainingS(alert);
  const at = left !== null && watch.nowMs !== null ? watch.nowMs + left * 1000 : null;
  return {
    figure: countdown(left),
    to: aim(watch, alert),
    at: at === null ? '' : text.alerts.at(clockTime(at, watch.site?.timezone ?? 'UTC')),
    place,
  };
}

/** Where its track would come down, or came down; empty when nothing says so. */
function impactFact(track: Track | null): string {
  if (!track?.impact) return '';
  const verb = track.impact.basis === 'descent' ? text.impact.did : text.impact.would;
  return `${verb} ${text.impact.short[track.impact.place]}`;
}

/** The third line: where it comes down, or else since when the alert stands. Its reasons were the raising's: their
 *  numbers are old by now, and are not shown beside a running countdown. */
export function standing(watch: Watch, alert: Alert, track: Track | null): string {
  const raised = clockTime(Date.parse(alert.raised_utc), watch.site?.timezone ?? 'UTC');
  return impactFact(track) || text.alerts.raised(raised);
}

/** The alert's title after its track's name, which is said once and without the site's prefix. */
export function alertTitle(alert: Pick<Alert, 'title' | 'track'>, site: string): string {
  const title = site ? alert.title.replaceAll(`${site}-T-`, 'T-') : alert.title;
  const track = alert.track ? shortId(alert.track, site) : '';
  return track && !title.includes(track) ? `${track} ${title}` : title;
}

/** How long before its zone it was when the alert was raised; empty when it was not on course. */
export function leadTime(alert: IncidentAlert): string {
  const { raised_time_to_s: leadS, zone_name: zone } = alert;
  if (leadS === null) return '';
  const to = zone ? text.alerts.toZone(zone) : text.alerts.toPerimeter;
  const inside = [text.alerts.inside, zone].filter(Boolean).join(' ');
  return text.incident.whenRaised(leadS === 0 ? inside : `${countdown(leadS)} ${to}`);
}

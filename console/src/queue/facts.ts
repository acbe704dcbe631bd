/** What an alert's row says, from the alert, its track and the picture's age. */
import type { Alert, Track } from '../api/types';
import { NO_COUNTDOWN, clockTime, countdown, distance, whole } from '../lib/format';
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

function countedIn(watch: Watch, alert: Alert): Pick<AlertFacts, 'figure' | 'to' | 'at'> {
  const since = watch.insideSince.get(alert.alert);
  const zone = zoneName(watch, alert);
  const known = watch.link !== 'lost' && since !== undefined && watch.nowMs !== null;
  return {
    figure: known ? countdown(((watch.nowMs ?? 0) - since) / 1000) : NO_COUNTDOWN,
    to: text.alerts.insideFor,
    at: zone || text.alerts.insideZone('the perimeter'),
  };
}

export function alertFacts(watch: Watch, alert: Alert, track: Track | null): AlertFacts {
  const speed = track ? whole(track.speed_mps) : null;
  const far = alert.distance_m === null ? '' : distance(alert.distance_m);
  const place = far && speed ? text.alerts.distanceSpeed(far, speed) : far;
  if (alert.state === 'cleared') return { figure: NO_COUNTDOWN, to: text.alerts.over, at: '', place };
  if (alert.time_to_s === 0) return { ...countedIn(watch, alert), place };
  const left = watch.remainingS(alert);
  const zone = zoneName(watch, alert);
  const at = left !== null && watch.nowMs !== null ? watch.nowMs + left * 1000 : null;
  return {
    figure: countdown(left),
    to: alert.time_to_s === null ? text.alerts.noTime : zone ? text.alerts.toZone(zone) : text.alerts.toPerimeter,
    at: at === null ? '' : text.alerts.at(clockTime(at, watch.site?.timezone ?? 'UTC')),
    place,
  };
}

/** Where its track would come down, or came down; empty when nothing says so. */
export function impactFact(track: Track | null): string {
  if (!track?.impact) return '';
  const verb = track.impact.basis === 'descent' ? text.impact.did : text.impact.would;
  return `${verb} ${text.impact[track.impact.place]}`;
}

/** Who is logged in at this screen. Without users it is single-user mode, in which everything is open. */
import {
  type Right,
  type SessionView,
  changePassword,
  getSession,
  logIn,
  logOut,
  startFirst,
} from '../api/access';
import { setCsrf, whenOver } from '../api/session';

const FIRST = /^#\/first\/([\w-]+)$/;
const CHECK_MS = 60_000;

export class Session {
  /** null before the watch has said. */
  view = $state.raw<SessionView | null>(null);
  /** The secret of the link that makes the first administrator, if the page was opened by it. */
  link = $state<string | null>(null);
  /** Somebody was in here before: the screen behind is theirs. */
  ended = $state(false);

  readonly who = $derived(this.view?.who ?? null);
  readonly single = $derived(this.view?.mode === 'single');
  /** The picture may be shown. */
  readonly ready = $derived(this.single ? this.link === null : this.who !== null && !this.who.must_change);
  readonly name = $derived(this.who?.name ?? null);
  /** The site's role that needs no saying: the only one held. */
  readonly soleRole = $derived(this.who?.mandate_roles.length === 1 ? (this.who.mandate_roles[0] ?? '') : '');

  #timer: ReturnType<typeof setInterval> | undefined;

  start(): void {
    this.link = FIRST.exec(location.hash)?.[1] ?? null;
    whenOver(() => void this.check());
    void this.check();
    this.#timer = setInterval(() => this.view === null && void this.check(), 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  may(right: Right): boolean {
    return this.single || (this.who?.rights.includes(right) ?? false);
  }

  /** Ask the watch how this screen stands; without an answer nothing changes. */
  async check(): Promise<void> {
    try {
      this.#take(await getSession());
    } catch {
      /* no link: the screen says so in its own way */
    }
  }

  async logIn(name: string, password: string): Promise<void> {
    this.#take(await logIn(name, password));
  }

  async makeFirst(name: string, password: string): Promise<void> {
    this.#take(await startFirst(this.link ?? '', name, password));
    this.link = null;
    location.hash = '#/';
  }

  async changePassword(old: string, next: string): Promise<void> {
    this.#take(await changePassword(old, next));
  }

  /** Nothing of the picture stays on a screen that somebody left. */
  async logOut(): Promise<void> {
    await logOut();
    location.reload();
  }

  #take(view: SessionView): void {
    const was = this.ready;
    this.view = view;
    setCsrf(view.csrf);
    this.ended = this.ready ? false : this.ended || was;
  }
}

/** Minutes until the session ends, null where it does not. */
export function minutesLeft(view: SessionView | null, nowMs: number): number | null {
  return view?.ends_utc ? Math.max(0, Math.floor((Date.parse(view.ends_utc) - nowMs) / CHECK_MS)) : null;
}

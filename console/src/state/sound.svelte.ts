/** The alarm's sound on this screen: synthesised tones, so that nothing is loaded. Browsers let none out before the
 *  first click or key on the page; that is shown, and said to the watch at a test alarm. */
import { reportSound } from '../api/client';
import type { Alert } from '../api/types';
import { SILENT, TONES, type Bell, type Call, heard, mute, mutedS, ring, unmute } from '../lib/bell';
import type { Watch } from './watch.svelte';

export type Heard = 'played' | 'muted' | 'blocked';

const GAIN = 0.25;
/** How long the browser is given to let sound out. */
const RESUME_MS = 400;

export class Sound {
  /** What became of the last call; null before the first. */
  heard = $state<Heard | null>(null);
  ready = $state(false);
  #bell = $state.raw<Bell>(SILENT);
  #context: AudioContext | null = null;
  #reported = '';

  readonly mutedS = $derived.by(() => mutedS(this.#bell, this.watch.tickMs));
  /** Its own short name for this screen, for the watch's list of who sounded. */
  readonly screen = screenName();

  constructor(private readonly watch: Watch) {}

  /** Look whether something is to be sounded; to be called on each tick. */
  look(): void {
    const watch = this.watch;
    const raised = [...watch.alerts.values()].filter((one) => one.state === 'raised');
    const lost = watch.link === 'lost' || (watch.health?.feeds ?? []).some((one) => one.state === 'down');
    const { call, bell } = ring(this.#bell, { nowMs: watch.tickMs, raised: raised.map(heard), lost, ended: watch.ended });
    this.#bell = bell;
    const test = raised.find((one) => one.test && one.alert !== this.#reported);
    if (call !== null || test) void this.#sound(call, test ?? null);
  }

  toggleMute(): void {
    this.#bell = this.mutedS === null ? mute(this.#bell, this.watch.tickMs) : unmute(this.#bell);
  }

  /** A click or key has come: from now on the browser lets sound out. */
  async unlock(): Promise<void> {
    const context = (this.#context ??= new AudioContext());
    if (context.state !== 'running') await Promise.race([context.resume(), wait(RESUME_MS)]);
    this.ready = context.state === 'running';
  }

  async #sound(call: Call | null, test: Alert | null): Promise<void> {
    if (test) this.#reported = test.alert;
    this.heard = call === null ? 'muted' : await this.#play(call);
    if (test) await reportSound(test.alert, this.screen, this.heard, this.watch.side).catch(() => null);
  }

  async #play(call: Call): Promise<Heard> {
    await this.unlock();
    const context = this.#context;
    if (!this.ready || !context) return 'blocked';
    for (const { atS, hertz, lengthS } of TONES[call]) {
      const from = context.currentTime + atS;
      const voice = new OscillatorNode(context, { frequency: hertz, type: 'triangle' });
      const loud = new GainNode(context, { gain: 0 });
      loud.gain.setTargetAtTime(GAIN, from, 0.008);
      loud.gain.setTargetAtTime(0, from + lengthS, 0.02);
      voice.connect(loud).connect(context.destination);
      voice.start(from);
      voice.stop(from + lengthS + 0.2);
    }
    return 'played';
  }
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function screenName(): string {
  const kept = sessionStorage.getItem('vedette-screen');
  const name = kept ?? Math.floor(Math.random() * 0x10000).toString(16).padStart(4, '0');
  sessionStorage.setItem('vedette-screen', name);
  return name;
}

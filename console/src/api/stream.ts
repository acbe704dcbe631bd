/** The link to the watch: a WebSocket that comes back by itself and goes on where it left off. */
import type { Batch } from './types';

const RETRY_MS = 1000;
/** A silence this long is a dead link, whatever the socket says: the server beats each second. */
export const SILENCE_MS = 2500;

export interface StreamEvents {
  /** Everything that changed since the batch before; an empty one says that the link lives. */
  batch: (batch: Batch, text: string) => void;
  closed: () => void;
}

export class StreamLink {
  #socket: WebSocket | null = null;
  #after = -1;
  #token = '';
  #watched: readonly string[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  readonly #watchdog: ReturnType<typeof setInterval>;

  constructor(
    private readonly address: string,
    private readonly events: StreamEvents,
  ) {
    this.#watchdog = setInterval(() => this.#check(), 500);
    this.#open();
  }

  stop(): void {
    clearInterval(this.#watchdog);
    clearTimeout(this.#retry);
    this.#drop();
  }

  /** Tracks to be sent whole, with reasons and way ahead, as long as they are named. */
  watch(tracks: readonly string[]): void {
    if (tracks.join(' ') === this.#watched.join(' ')) return;
    this.#watched = tracks;
    this.#say({ watch: tracks });
  }

  #open(): void {
    const resume = this.#after >= 0 ? `&after=${this.#after}&token=${this.#token}` : '';
    const socket = new WebSocket(`${this.address}?form=delta${resume}`);
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.onopen = () => {
      if (this.#watched.length > 0) this.#say({ watch: this.#watched });
    };
    socket.onmessage = (event: MessageEvent<string>) => this.#hear(event.data);
    socket.onclose = () => {
      if (this.#socket === socket) this.#lose();
    };
  }

  /** The batch is said to be taken when the page has taken it in: a page that lags is sent less, and nothing stale. */
  #hear(text: string): void {
    const batch = JSON.parse(text) as Batch;
    this.#heardAt = performance.now();
    this.#after = batch.seq;
    for (const message of batch.messages) if (message.kind === 'snapshot') this.#token = message.token;
    this.events.batch(batch, text);
    setTimeout(() => this.#say({ have: batch.seq }), 0);
  }

  #say(what: { have: number } | { watch: readonly string[] }): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(what));
  }

  #check(): void {
    if (this.#socket && performance.now() - this.#heardAt > SILENCE_MS) this.#lose();
  }

  #lose(): void {
    this.#drop();
    this.events.closed();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), RETRY_MS);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
  }
}

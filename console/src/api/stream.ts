/** The link to the watch: a WebSocket that comes back by itself and goes on where it left off. */
import type { Message } from './types';

/** Messages that arrive together are handed over together, at most this often. */
const GATHER_MS = 50;
const RETRY_MS = 1000;
/** A silence this long is a dead link, whatever the socket says: the server beats each second. */
export const SILENCE_MS = 2500;

export interface StreamEvents {
  messages: (batch: Message[]) => void;
  closed: () => void;
}

export class StreamLink {
  #socket: WebSocket | null = null;
  #after = -1;
  #token = '';
  #batch: Message[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
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

  #open(): void {
    const resume = this.#after >= 0 ? `?after=${this.#after}&token=${this.#token}` : '';
    const socket = new WebSocket(this.address + resume);
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.onmessage = (event: MessageEvent<string>) => this.#hear(JSON.parse(event.data) as Message);
    socket.onclose = () => {
      if (this.#socket === socket) this.#lose();
    };
  }

  #hear(message: Message): void {
    this.#heardAt = performance.now();
    this.#after = message.seq;
    if (message.kind === 'snapshot') this.#token = message.token;
    this.#batch.push(message);
    this.#gathering ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    this.#gathering = undefined;
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) this.events.messages(batch);
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

/** What every request carries of the session, and who hears that it is over. Cookies are the browser's own business. */
let csrf: string | null = null;
let over: () => void = () => undefined;
/** Seconds' words that wait for their one request, by `METHOD path`. */
const words = new Map<string, string>();

export function setCsrf(token: string | null): void {
  csrf = token;
}

export function whenOver(tell: () => void): void {
  over = tell;
}

/** Keep a second person's word for the request `act`, such as `POST /api/v1/decisions/…/second`: once. */
export function keepWord(act: string, token: string): void {
  words.set(act, token);
}

/** The request as it is sent: with the session's token if it changes something, with a second's word if one waits. */
export function carry(address: string, init: RequestInit): RequestInit {
  const method = init.method ?? 'GET';
  if (method === 'GET') return init;
  const headers = new Headers(init.headers);
  if (csrf !== null) headers.set('x-vedette-csrf', csrf);
  const act = `${method} ${address}`;
  const word = words.get(act);
  if (word !== undefined) headers.set('x-vedette-second', word);
  words.delete(act);
  return { ...init, headers };
}

export function heard(code: string): void {
  if (code === 'log_in' || code === 'change_password') over();
}

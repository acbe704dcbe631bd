import { Refused } from '../api/client';

/** Take an answer in; null, or why there is none. */
export async function orWhyNot<T>(answer: Promise<T>, take: (value: T) => unknown): Promise<string | null> {
  try {
    take(await answer);
    return null;
  } catch (error) {
    return error instanceof Refused ? error.message : String(error);
  }
}
